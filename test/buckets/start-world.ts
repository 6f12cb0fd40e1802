import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { GivenOptions } from "../../migrate/index.js";
import { type Sandbox, type SandboxOptions, startSandbox } from "../../sandbox/index.js";
import { LONG } from "../length.js";
import { type RawS3, rawS3, type Server } from "./raw-s3.js";
import { refuseUndocumentedLines } from "./undocumented-lines.js";

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
    // A test of what a probe finds out, or of a run's own probe, gives undefined.
    assume: "documented",
    ...more,
  };
}

/** An empty folder, removed when the test ends. */
export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "bucketseal-test-"));
  onTestFinished(async () => {
    if (LONG) await refuseUndocumentedLines(folder);
    await rm(folder, { recursive: true, force: true });
  });
  return folder;
}
