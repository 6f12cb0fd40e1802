import type { BucketFindings, RunRecord } from "../journal/run-record.js";
import { writeRunRecord } from "./run-dir.js";

/** run.json while the run goes on: what is found late is there before anything is done on the strength of it. */
export interface RunFile {
  current(): RunRecord;
  /** Resolves once it is on the disk. */
  setBuckets(buckets: readonly BucketFindings[]): Promise<void>;
  /** Lays what was found of one bucket over what was known of it. */
  note(bucket: string, found: (known: BucketFindings) => Partial<BucketFindings>): Promise<void>;
}

export function openRunFile(runDir: string, begun: RunRecord): RunFile {
  let run = begun;
  let last: Promise<unknown> = Promise.resolve();
  const setBuckets = (buckets: readonly BucketFindings[]) => {
    run = { ...run, buckets: [...buckets] };
    const written = last.then(() => writeRunRecord(runDir, run));
    // Whoever waits for this one is told; the next one is another try.
    last = written.catch(() => undefined);
    return written;
  };
  return {
    current: () => run,
    setBuckets,
    note: (bucket, found) =>
      setBuckets(run.buckets.map((known) => (known.bucket === bucket ? { ...known, ...found(known) } : known))),
  };
}
