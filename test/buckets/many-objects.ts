import { appendFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { startSandbox } from "../../sandbox/index.js";
import { createBucket, type NewObject, putObject } from "./put-object.js";
import { rawS3 } from "./raw-s3.js";
import { newFolder } from "./start-world.js";

/**
 * A data folder of a sandbox with a bucket of many objects, each like the one given but for its key: what the sandbox wrote of that one, again
 * under other keys. All of them share its bytes, which is no matter to whoever only lists and asks HEAD.
 */
export async function manyObjects(
  bucket: string,
  keys: readonly string[],
  like: Omit<NewObject, "key">,
): Promise<string> {
  const dataDir = await newFolder();
  const sandbox = await startSandbox({ dataDir, clock: () => new Date(Date.now() - 60_000) });
  const raw = rawS3(sandbox);
  const [first = "", ...others] = keys;
  await createBucket(raw, bucket);
  await putObject(raw, bucket, { ...like, key: first });
  raw.close();
  await sandbox.close();
  const journal = join(dataDir, "buckets", `${bucket}.ndjson`);
  const line = (await readFile(journal, "utf8")).split("\n").find((text) => text.includes('"kind":"put"')) ?? "";
  const put = JSON.parse(line) as { version: object };
  const lines = others.map((key) => JSON.stringify({ ...put, version: { ...put.version, key } }));
  await appendFile(journal, lines.map((text) => `${text}\n`).join(""));
  return dataDir;
}
