import { createHash } from "node:crypto";
import type { SandboxOptions } from "../../../sandbox/index.js";
import { createBucket, putObject } from "../../buckets/put-object.js";
import { pathOf, type RawS3, sendOk } from "../../buckets/raw-s3.js";
import { startWorld, type World } from "../../buckets/start-world.js";
import { setVersioning } from "../probe/probe-world.js";

export const BUCKET = "versioned";
const SSE = { "x-amz-server-side-encryption": "AES256" };

/** `plain: body`, `sealed: body` or a delete marker. */
export type Step =
  | { readonly plain: string; readonly headers?: Readonly<Record<string, string>> }
  | { readonly sealed: string }
  | "deleted";

export async function versionedWorld(
  options: SandboxOptions = {},
  headers: Record<string, string> = {},
): Promise<World> {
  const world = await startWorld(options);
  await createBucket(world.raw, BUCKET, headers);
  if (Object.keys(headers).length === 0) await setVersioning(world.raw, BUCKET, "Enabled");
  return world;
}

/** Writes the history of a key, the oldest first. */
export async function writeHistory(raw: RawS3, key: string, steps: readonly Step[]): Promise<void> {
  for (const step of steps) {
    if (step === "deleted") {
      await sendOk(raw, { method: "DELETE", path: pathOf(BUCKET, key) });
    } else if ("sealed" in step) {
      await putObject(raw, BUCKET, { key, body: Buffer.from(step.sealed), headers: SSE });
    } else {
      const body = Buffer.from(step.plain);
      const md5 = { "content-md5": createHash("md5").update(body).digest("base64") };
      await putObject(raw, BUCKET, { key, body, headers: { ...md5, ...step.headers } });
    }
  }
}

export interface HistoryEntry {
  readonly versionId: string;
  /** `plain` and `sealed` with the body, `deleted` for a delete marker. */
  readonly words: string;
}

/** The history of every key as anyone may read it, the newest first. */
export async function readHistory(raw: RawS3): Promise<Map<string, HistoryEntry[]>> {
  const listing = (await sendOk(raw, { path: `/${BUCKET}?versions=` })).body.toString();
  const found = listing.matchAll(/<(Version|DeleteMarker)><Key>([^<]*)<\/Key><VersionId>([^<]*)</g);
  const history = new Map<string, HistoryEntry[]>();
  for (const [, kind, key = "", versionId = ""] of found) {
    const words = kind === "DeleteMarker" ? "deleted" : await readVersion(raw, key, versionId);
    history.set(key, [...(history.get(key) ?? []), { versionId, words }]);
  }
  return history;
}

async function readVersion(raw: RawS3, key: string, versionId: string): Promise<string> {
  const { headers, body } = await sendOk(raw, { path: pathOf(BUCKET, key, `?versionId=${versionId}`) });
  return `${headers["x-amz-server-side-encryption"] === "AES256" ? "sealed" : "plain"} ${body.toString()}`;
}

/** As `readHistory`, of one key and without its ids. */
export async function wordsOf(raw: RawS3, key: string): Promise<string[]> {
  return ((await readHistory(raw)).get(key) ?? []).map(({ words }) => words);
}
