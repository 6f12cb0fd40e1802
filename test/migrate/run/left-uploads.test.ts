import { appendFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { type MigrateOptions, migrate, readJournal } from "../../../migrate/index.js";
import { startWorld, type World } from "../../buckets/start-world.js";

const BUCKET = "uploads";
const MIB = 1024 * 1024;

async function put({ raw }: World, key: string, bytes: number): Promise<void> {
  await raw.send({ method: "PUT", path: `/${BUCKET}/${key}`, body: Buffer.alloc(bytes, 7) });
}

async function begin({ raw }: World, key: string): Promise<string> {
  const { body } = await raw.send({ method: "POST", path: `/${BUCKET}/${key}?uploads` });
  return /<UploadId>(.*)<\/UploadId>/.exec(body.toString())?.[1] ?? "";
}

async function openUploads({ raw }: World): Promise<string[]> {
  const { body } = await raw.send({ path: `/${BUCKET}?uploads` });
  return [...body.toString().matchAll(/<UploadId>(.*?)<\/UploadId>/g)].map(([, id]) => id ?? "");
}

/** A run that was interrupted before its first object. */
async function interruptedRun(world: World): Promise<MigrateOptions & { out: string }> {
  const controller = new AbortController();
  const onEvent = ({ kind }: { kind: string }) => kind === "scope-started" && controller.abort();
  const options = await world.optionsFor(BUCKET, { copyCutoff: "1MiB", partSize: "5MiB" });
  const out = options.out ?? "";
  await migrate({ ...options, onEvent, signal: controller.signal });
  return { ...options, out };
}

it("aborts the uploads that a killed session left open, and nobody else's", async () => {
  const world = await startWorld();
  await world.raw.send({ method: "PUT", path: `/${BUCKET}` });
  await put(world, "large", 12 * MIB);
  const options = await interruptedRun(world);
  const [ours, theirs] = [await begin(world, "large"), await begin(world, "large")];
  const segment = join(options.out, "journal", (await readdir(join(options.out, "journal"))).sort().at(-1) ?? "");
  const line = { kind: "upload", bucket: BUCKET, key: "large", uploadId: ours, at: "2026-01-01T00:00:00.000Z" };
  await appendFile(segment, `${JSON.stringify(line)}\n`);

  const { summary } = await migrate({ ...options, locations: undefined, resume: true });

  expect(summary.total.outcomes.migrated.objects).toBe(1);
  expect(summary.total.closes).toBe(true);
  expect(await openUploads(world)).toEqual([theirs]);
});

it("leaves the upload of an object that has its outcome to itself", async () => {
  const world = await startWorld();
  await world.raw.send({ method: "PUT", path: `/${BUCKET}` });
  await put(world, "large", 12 * MIB);
  const options = await world.optionsFor(BUCKET, { copyCutoff: "1MiB", partSize: "5MiB", canary: false });
  await migrate(options);
  world.sandbox.resetCalls();
  await migrate({ ...options, locations: undefined, resume: true });
  expect(world.sandbox.calls).not.toHaveProperty("AbortMultipartUpload");
});

it("writes an upload down before any part of it is sent", async () => {
  const kinds: string[] = [];
  let out = "";
  const world = await startWorld({
    intercept: async ({ operation }) => {
      if (operation !== "UploadPartCopy" || kinds.length > 0) return undefined;
      for await (const { kind } of readJournal(out)) kinds.push(kind);
      return undefined;
    },
  });
  await world.raw.send({ method: "PUT", path: `/${BUCKET}` });
  await put(world, "large", 12 * MIB);
  const options = await world.optionsFor(BUCKET, { copyCutoff: "1MiB", partSize: "5MiB", canary: false });
  out = options.out ?? "";
  await migrate(options);
  expect([...new Set(kinds)]).toEqual(["intent", "upload"]);
});
