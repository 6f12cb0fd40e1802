import { type MigrateOptions, migrate, RunError, type RunResult } from "../../migrate/index.js";
import { newFolder } from "../buckets/start-world.js";

/** How often a person would try: a bucket that needs more has something else wrong with it. */
const MOST_RUNS = 40;

export interface Done {
  /** The runs that came to their end. */
  readonly runs: readonly RunResult[];
  /** All that they, and those that ended early, have told of the bucket. */
  readonly said: string;
}

/** Migrates as a person would: resumes a run that ended early, and runs again while objects failed. */
export async function migrateUntilDone(options: MigrateOptions): Promise<Done> {
  const runs: RunResult[] = [];
  const said: string[] = [];
  let next = options;
  for (let run = 0; run < MOST_RUNS; run += 1) {
    const ended = await migrateOrEndEarly(next);
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
