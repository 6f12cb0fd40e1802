import { pathOf, type RawAnswer, type RawS3, sendOk } from "../buckets/raw-s3.js";
import type { Expected, ExpectedObject } from "./expected-object.js";

/**
 * An acknowledged write that is not there: of these a migration may undo none.
 * `overwritten`: the last body or metadata; `revived`: deleted last, and there; `untagged` and `unheld`: the last tags, or
 * the last legal hold, which leave the ETag as it is, so that no condition guards them.
 */
export type Loss = "overwritten" | "revived" | "untagged" | "unheld";

/** Holds an object against what was acknowledged last. */
export async function lossesOf(raw: RawS3, bucket: string, key: string, last: Expected): Promise<Loss[]> {
  const found = await raw.send({ path: pathOf(bucket, key) });
  if (last.kind === "absent") return found.status === 404 ? [] : ["revived"];
  if (!isWritten(found, last)) return ["overwritten"];
  const tag = await tagOf(raw, pathOf(bucket, key, "?tagging"), found);
  const hold = found.headers["x-amz-object-lock-legal-hold"] ?? "OFF";
  return [...(tag === last.tag ? [] : (["untagged"] as const)), ...(hold === last.hold ? [] : (["unheld"] as const))];
}

function isWritten({ status, headers, body }: RawAnswer, last: ExpectedObject): boolean {
  return status === 200 && body.toString() === last.body && headers["x-amz-meta-write"] === last.write;
}

async function tagOf(raw: RawS3, path: string, { headers }: RawAnswer): Promise<string> {
  if (headers["x-amz-tagging-count"] === undefined) return "";
  return /<Value>([^<]*)</.exec((await sendOk(raw, { path })).body.toString())?.[1] ?? "";
}
