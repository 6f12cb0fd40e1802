import { type MigrateOptions, migrate, RunError, type RunResult } from "../../migrate/index.js";
import type { SandboxOptions } from "../../sandbox/index.js";
import { createBucket } from "../buckets/put-object.js";
import { newFolder, startWorld, type World } from "../buckets/start-world.js";
import { outcomesOf } from "../migrate/fixtures/outcomes-of.js";
import { LONG_BODY_BYTES } from "./write.js";
import { type LossCounts, Writers, type WritersOptions } from "./writers.js";

const BUCKET = "contested";

export interface Race {
  readonly sandbox: SandboxOptions;
  readonly migrate: Partial<MigrateOptions>;
  readonly writers: WritersOptions;
  /** Makes the bucket one with Object Lock, and so with versions. @default false */
  readonly locks?: boolean;
}

export interface Raced {
  readonly lost: LossCounts;
  /** Copies that a run calls migrated, over all runs. */
  readonly migrated: number;
  /** Objects that were looked at more than once, because somebody wrote to them meanwhile. */
  readonly lookedAtAgain: number;
  /** What kept other writes from being undone, of every copy. */
  readonly guards: ReadonlySet<string>;
  readonly runs: readonly RunResult[];
}

/** Migrates a bucket again and again for as long as writers write to it, and once more when they are done. */
export async function race({ sandbox, locks = false, ...race }: Race): Promise<Raced> {
  const world = await startWorld(sandbox);
  await createBucket(world.raw, BUCKET, locks ? { "x-amz-bucket-object-lock-enabled": "true" } : {});
  return raceIn(world, BUCKET, race);
}

/** What a race needs of where it is run. */
export type Course = Pick<World, "raw" | "optionsFor">;

/** In a bucket that is there and empty. */
export async function raceIn(
  world: Course,
  bucket: string,
  { migrate: given, writers: options }: Pick<Race, "migrate" | "writers">,
): Promise<Raced> {
  const writers = new Writers(world.raw, bucket, options);
  let writing = true;
  const written = writers.run().finally(() => {
    writing = false;
  });
  const runs: RunResult[] = [];
  while (writing) runs.push(...(await migrateOnce(world, bucket, given)));
  await written;
  runs.push(...(await migrateOnce(world, bucket, given)));
  return { ...(await told(runs)), runs, lost: await writers.lost() };
}

/** A run whose first objects all kept changing ends by itself. */
async function migrateOnce(world: Course, bucket: string, given: Partial<MigrateOptions>): Promise<RunResult[]> {
  const options = await world.optionsFor(bucket, {
    copyCutoff: LONG_BODY_BYTES - 1,
    // Few at a time, so that a run lasts, and there is always a copy under way.
    concurrency: 8,
    canary: false,
    // A probe would take longer than the copies of a run.
    assume: "documented",
    ...given,
  });
  try {
    return [await migrate({ ...options, out: `${await newFolder()}/run` })];
  } catch (error) {
    if (error instanceof RunError) return [];
    throw error;
  }
}

async function told(runs: readonly RunResult[]): Promise<Pick<Raced, "migrated" | "lookedAtAgain" | "guards">> {
  const guards = new Set<string>();
  let [migrated, lookedAtAgain] = [0, 0];
  for (const { runDir } of runs) {
    for (const { outcome, attempts } of (await outcomesOf(runDir)).values()) {
      if (attempts > 1) lookedAtAgain += 1;
      if (outcome.kind !== "migrated") continue;
      migrated += 1;
      guards.add(outcome.guard);
    }
  }
  return { migrated, lookedAtAgain, guards };
}
