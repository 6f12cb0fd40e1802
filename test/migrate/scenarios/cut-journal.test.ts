// @module-tag slow
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { audit, checkRun, type MigrateOptions, migrate, type RunResult, TOOL_VERSION } from "../../../migrate/index.js";
import { CUSTOMER_KEY, MIXED_CUTOFF_BYTES, mixedObjects } from "../../buckets/mixed-objects.js";
import { openUploads } from "../../buckets/raw-s3.js";
import { differing, readBucket } from "../../buckets/read-bucket.js";
import { fillBucket, newFolder, startWorld, type World } from "../../buckets/start-world.js";
import { LONG, SWEEP_TIMEOUT_MS } from "../../length.js";
import { outcomesOf } from "../fixtures/outcomes-of.js";

const BUCKET = "cut";
/** Two scopes, so that a cut falls before, within and between them; what lies in neither is left alone. */
const SCOPES = ["mixed/00/", "mixed/01/"].map((prefix) => `s3://${BUCKET}/${prefix}`);
const NUM_RUNS = LONG ? 500 : 8;

const inScope = (key: string) => key.startsWith("mixed/00/") || key.startsWith("mixed/01/");
const objects = [...mixedObjects(1500)].filter(({ key }) => inScope(key));
const resumed = ({ credentials, endpoint }: MigrateOptions, out: string): MigrateOptions => ({
  ...{ credentials, endpoint, out },
  resume: true,
});

type Command = (options: MigrateOptions) => Promise<RunResult>;

/** A whole run of several sessions, each of which but the last was interrupted: checkpoints in the middle, several segments. */
async function wholeRun(command: Command, { optionsFor }: World) {
  const options = await optionsFor(BUCKET, {
    locations: SCOPES,
    concurrency: 4,
    assume: "documented",
    ...(command === migrate && { copyCutoff: MIXED_CUTOFF_BYTES }),
  });
  let next = options;
  for (let session = 0; session < 3; session += 1) {
    const interruption = new AbortController();
    let outcomes = 0;
    const onEvent = ({ kind }: { readonly kind: string }) => {
      if (kind === "outcome") outcomes += 1;
      if (outcomes === 6) interruption.abort();
    };
    await command({ ...next, signal: interruption.signal, onEvent });
    next = resumed(options, options.out ?? "");
  }
  const result = await command(next);
  expect(result.summary.total).toMatchObject({ listed: objects.length, closes: true });
  return { options, result };
}

/** The run folder as a kill would have left it whose last write to the journal ended at a byte. */
async function cutAt(runDir: string, share: number): Promise<string> {
  const cut = join(await newFolder(), "run");
  const names = (await readdir(join(runDir, "journal"))).sort();
  const segments = await Promise.all(names.map((name) => readFile(join(runDir, "journal", name))));
  let left = Math.round(segments.reduce((sum, { length }) => sum + length, 0) * share);
  await mkdir(join(cut, "journal"), { recursive: true });
  await cp(join(runDir, "run.json"), join(cut, "run.json"));
  for (const [index, segment] of segments.entries()) {
    if (left <= 0) break;
    await writeFile(join(cut, "journal", names[index] ?? ""), segment.subarray(0, left));
    left -= segment.length;
  }
  return cut;
}

const kindsOf = async (runDir: string) =>
  Object.fromEntries([...(await outcomesOf(runDir))].map(([key, { outcome }]) => [key, outcome]));

async function world(): Promise<World> {
  const started = await startWorld();
  await fillBucket(started.raw, BUCKET, objects);
  return started;
}

const share = fc.double({ min: 0, max: 1, noNaN: true });

describe("resume from a journal cut at any byte", () => {
  test("completes an audit with the outcomes of an uninterrupted run", { timeout: SWEEP_TIMEOUT_MS }, async () => {
    const { options, result } = await wholeRun(audit, await world());
    const whole = await kindsOf(result.runDir);
    await fc.assert(
      fc.asyncProperty(share, async (at) => {
        const cut = await cutAt(result.runDir, at);
        const { summary } = await audit(resumed(options, cut));
        expect(await kindsOf(cut)).toEqual(whole);
        expect(summary.total).toEqual(result.summary.total);
        expect((await checkRun(cut, { toolVersion: TOOL_VERSION })).findings).toEqual([]);
        await rm(cut, { recursive: true });
      }),
      { numRuns: NUM_RUNS, examples: [[0], [1]] },
    );
  });

  test("completes a migration with one outcome per key, and leaves copied objects unchanged", {
    timeout: SWEEP_TIMEOUT_MS,
  }, async () => {
    const started = await world();
    const { options, result } = await wholeRun(migrate, started);
    const whole = await kindsOf(result.runDir);
    const before = await readBucket(started.raw, BUCKET, CUSTOMER_KEY);
    await fc.assert(
      fc.asyncProperty(share, async (at) => {
        const cut = await cutAt(result.runDir, at);
        const { summary } = await migrate(resumed(options, cut));
        expect(summary.total).toMatchObject({ listed: objects.length, closes: true });
        const again = await kindsOf(cut);
        expect(Object.keys(again).sort()).toEqual(Object.keys(whole).sort());
        for (const [key, outcome] of Object.entries(again)) {
          const found = whole[key]?.kind === "migrated" && outcome.kind === "already-encrypted";
          if (!found) expect([key, outcome]).toEqual([key, whole[key]]);
        }
        await rm(cut, { recursive: true });
      }),
      { numRuns: NUM_RUNS, examples: [[0], [1]] },
    );
    expect(differing(before, await readBucket(started.raw, BUCKET, CUSTOMER_KEY))).toEqual([]);
    expect(await openUploads(started.raw, BUCKET)).toEqual([]);
  });
});
