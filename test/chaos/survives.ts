import { expect } from "vitest";
import { checkRun, type MigrateOptions, migrate, RunError, type RunResult, TOOL_VERSION } from "../../migrate/index.js";
import { type ChaosFault, type ChaosOptions, chaos, type Intercept, type SandboxOptions } from "../../sandbox/index.js";
import { CUSTOMER_KEY, MIXED_CUTOFF_BYTES, mixedObjects } from "../buckets/mixed-objects.js";
import { type NewObject, openUploads } from "../buckets/raw-s3.js";
import { type BucketState, differing, readBucket } from "../buckets/read-bucket.js";
import { fillBucket, newFolder, startWorld, type World } from "../buckets/start-world.js";
import { outcomesOf } from "../migrate/fixtures/outcomes-of.js";

const MIB = 1024 * 1024;
const MANY = 100;
const BUCKET = "mixed";

/** Stores and ways of copying that take different calls. */
export const WAYS = {
  "in one piece, unguarded": { sandbox: { profile: "ovh" }, migrate: { race: "off" } },
  "by the guarded way of a store that guards no plain copy": { sandbox: { profile: "ovh" }, migrate: {} },
  "in one piece, guarded": {
    sandbox: { profile: "aws", behaviour: { unsetDefaultEncryption: "not-found" } },
    migrate: { provider: "aws", region: "gra", assume: "documented" },
  },
} as const satisfies Readonly<Record<string, { sandbox: SandboxOptions; migrate: Partial<MigrateOptions> }>>;

interface SurvivesOptions {
  readonly way: keyof typeof WAYS;
  readonly objects: number;
  /** Comes after the migration and before the check, to show that the check sees it. */
  readonly meddle?: (world: ChaoticWorld) => Promise<unknown>;
}

/** Migrates a mixed bucket through chaos, and holds what came of it against what there was. Resolves with the faults met. */
export async function survives(
  chaos: ChaosOptions,
  { way, objects, meddle }: SurvivesOptions,
): Promise<readonly Met[]> {
  const world = await chaoticWorld(WAYS[way].sandbox);
  await fillBucket(world.raw, BUCKET, objectsOf(objects));
  return survivesIn(world, BUCKET, chaos, { migrate: WAYS[way].migrate, meddle: () => meddle?.(world) });
}

interface SurvivesIn {
  readonly migrate: Partial<MigrateOptions>;
  readonly meddle?: () => Promise<unknown> | undefined;
}

/** In a bucket that is filled already. */
export async function survivesIn(
  world: Pick<ChaoticWorld, "raw" | "optionsFor" | "inChaos" | "met">,
  bucket: string,
  chaos: ChaosOptions,
  { migrate, meddle }: SurvivesIn,
): Promise<readonly Met[]> {
  const before = await readBucket(world.raw, bucket, CUSTOMER_KEY);
  const options = await world.optionsFor(bucket, { copyCutoff: MIXED_CUTOFF_BYTES, partSize: 5 * MIB, ...migrate });

  const { runs, said } = await world.inChaos(chaos, () => migrateUntilDone(options));
  await meddle?.();

  const found = await readBucket(world.raw, bucket, CUSTOMER_KEY);
  expect(unnamedThrowAways(found, said)).toEqual([]);
  const after = withoutThrowAways(found);
  expect(differing(before, after)).toEqual([]);
  const plaintext = [...after].filter(([, { encryption, status }]) => encryption === null && status === 200);
  expect(plaintext.map(([key]) => key)).toEqual([]);
  for (const run of runs) await expectHonest(run, before, after);
  expect(await openUploads(world.raw, bucket)).toEqual([]);
  return world.met;
}

/** All sorts of objects; the large ones, which take longer, if there are many. */
function objectsOf(count: number): NewObject[] {
  return [...mixedObjects(count + 3)].filter(({ key }) => count >= MANY || !key.startsWith("large/"));
}

/** The run folder is complete, its totals add up, and it calls every object migrated that was in plaintext and is encrypted now. */
async function expectHonest({ runDir, summary }: RunResult, before: BucketState, after: BucketState): Promise<void> {
  expect((await checkRun(runDir, { toolVersion: TOOL_VERSION })).findings).toEqual([]);
  const all = [...(await outcomesOf(runDir)).values()];
  expect(summary.total).toMatchObject({ listed: all.length, closes: true });
  const outcomes = all.filter(({ key }) => !isThrowAway(key));
  expect(outcomes).toHaveLength(before.size);
  for (const { key, outcome } of outcomes) {
    const [was, is] = [before.get(key)?.encryption, after.get(key)?.encryption];
    if (outcome.kind === "migrated") expect([key, was, is]).toEqual([key, null, "AES256"]);
    if (outcome.kind === "already-encrypted") expect([key, is]).toEqual([key, "AES256"]);
    expect([key, outcome.kind]).not.toEqual([key, "vanished"]);
  }
}

/** A request that met a fault. */
export interface Met {
  readonly fault: ChaosFault;
  readonly operation: string;
}

interface ChaoticWorld extends World {
  /** Does some work while requests meet faults; before and after they meet none. */
  inChaos<T>(options: ChaosOptions, work: () => Promise<T>): Promise<T>;
  /** All faults since the world began. */
  readonly met: readonly Met[];
}

export async function chaoticWorld(options: SandboxOptions = {}): Promise<ChaoticWorld> {
  let playing: Intercept | undefined;
  const met: Met[] = [];
  const world = await startWorld({ ...options, intercept: (request) => playing?.(request) });
  const inChaos: ChaoticWorld["inChaos"] = async (chaosOptions, work) => {
    playing = chaos({ ...chaosOptions, onFault: (fault, { operation }) => met.push({ fault, operation }) });
    try {
      return await work();
    } finally {
      playing = undefined;
    }
  };
  return { ...world, met, inChaos };
}

/** How often a person would try: a bucket that needs more has something else wrong with it. */
const MOST_RUNS = 40;

interface Done {
  /** The runs that came to their end. */
  readonly runs: readonly RunResult[];
  /** Everything that these sessions, and those that ended early, reported about the bucket. */
  readonly said: string;
}

/** Migrates as a person would: resumes a run that ended early, and runs again while objects failed. */
export async function migrateUntilDone(options: MigrateOptions): Promise<Done> {
  const runs: RunResult[] = [];
  const said: string[] = [];
  let next = options;
  for (let run = 0; run < MOST_RUNS; run += 1) {
    // In one process, then in two, and so on.
    const ended = await migrateOrEndEarly({ ...next, workers: 1 + (run % 2) });
    if (ended instanceof RunError) {
      said.push(ended.message);
      // A run that could not even begin has no folder to go on with.
      if (ended.runDir !== null)
        next = { credentials: options.credentials, endpoint: options.endpoint, out: ended.runDir, resume: true };
      continue;
    }
    runs.push(ended);
    said.push(JSON.stringify(ended.run.buckets));
    const { failed, refused } = ended.summary.total.outcomes;
    if (failed.objects + refused.objects === 0) return { runs, said: said.join("\n") };
    next = { ...options, out: `${await newFolder()}/run` };
  }
  throw new Error(`not done after ${MOST_RUNS} runs`);
}

async function migrateOrEndEarly(options: MigrateOptions): Promise<RunResult | RunError> {
  try {
    return await migrate(options);
  } catch (error) {
    if (error instanceof RunError) return error;
    throw error;
  }
}

/** The prefix of a run's test objects, which it deletes again if the store allows it. */
const PREFIX = ".bucketseal-";

export function isThrowAway(key: string): boolean {
  return key.startsWith(PREFIX);
}

export function withoutThrowAways(state: BucketState): BucketState {
  return new Map([...state].filter(([key]) => !isThrowAway(key)));
}

/** Test objects that are still there and that no run has named: nobody would know to delete them. */
function unnamedThrowAways(state: BucketState, said: string): string[] {
  return [...state.keys()].filter((key) => isThrowAway(key) && !said.includes(key));
}
