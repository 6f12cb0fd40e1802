import { randomBytes } from "node:crypto";
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { GivenOptions } from "../../migrate/index.js";
import { type Sandbox, type SandboxOptions, startSandbox } from "../../sandbox/index.js";
import { LONG } from "../length.js";
import { inParallel } from "./async-items.js";
import { createBucket, type NewObject, putObject, type RawS3, rawS3, type Server } from "./raw-s3.js";

export interface World {
  readonly sandbox: Sandbox;
  readonly raw: RawS3;
  /** Options of a run on `bucket` of this sandbox, with a run folder of its own and no ceiling on requests. */
  optionsFor(bucket: string, more?: Partial<GivenOptions>): Promise<GivenOptions>;
}

/** A sandbox of this test's own, gone when the test ends. */
export async function startWorld(options: SandboxOptions = {}): Promise<World> {
  const sandbox = await startSandbox(options);
  const raw = rawS3(sandbox);
  onTestFinished(async () => {
    raw.close();
    await sandbox.close();
  });
  return { sandbox, raw, optionsFor: (bucket, more) => runOptions(sandbox, bucket, more) };
}

export async function runOptions(
  { endpoint, region, credentials: { accessKeyId, secretAccessKey } }: Server,
  bucket: string,
  more: Partial<GivenOptions> = {},
): Promise<GivenOptions> {
  return {
    locations: [`s3://${bucket}`],
    provider: "ovhcloud",
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
    readsPerSecond: 1_000_000,
    writesPerSecond: 1_000_000,
    out: join(await newFolder(), "run"),
    formats: [],
    // A test of probe findings, or of a run's own probe, gives undefined.
    assume: "documented",
    ...more,
  };
}

/** An empty folder, removed when the test ends. */
export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "bucketseal-test-"));
  onTestFinished(async () => {
    if (LONG) await refuseUndocumentedLines(folder);
    await rm(folder, { recursive: true, force: true, maxRetries: 10 });
  });
  return folder;
}

/**
 * Throws for a line of a journal below this folder that bucketseal reads and its published schema does not allow. Lines that a test broke on
 * purpose are no concern of it. Costs more than most tests do: for the long suite.
 */
async function refuseUndocumentedLines(folder: string): Promise<void> {
  const { undocumentedLines } = await import("../schema/published-schemas.js");
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const segments = entries.filter((entry) => entry.isFile() && /^\d{6,}\.ndjson$/.test(entry.name));
  for (const { parentPath, name } of segments) {
    const [problem] = await undocumentedLines(join(parentPath, name));
    if (problem !== undefined) throw new Error(`not as docs/schema has it: ${problem}`);
  }
}

/** Makes a bucket and puts objects into it. */
export async function fillBucket(raw: RawS3, bucket: string, objects: Iterable<NewObject>): Promise<void> {
  await createBucket(raw, bucket);
  await inParallel(objects, (object) => putObject(raw, bucket, object));
}

/**
 * A data folder of a sandbox with a bucket of many objects, each like the one given but for its key: what the sandbox wrote of that one, again
 * under other keys. All of them share its bytes, which does not matter to a test that only lists and asks HEAD.
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

/** A new customer key, and the path of the file that holds it. */
export async function newKeyFile(key: Buffer = randomBytes(32)): Promise<{ key: Buffer; path: string }> {
  const path = join(await newFolder(), "customer.key");
  await writeFile(path, key, { mode: 0o600 });
  return { key, path };
}
