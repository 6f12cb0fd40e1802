import { locatedRecords } from "../evidence/journal-tree.js";
import { segmentsAmong } from "../journal/read-journal.js";
import { listFiles } from "../journal/run-folder.js";
import type { RunRecord } from "../journal/run-record.js";
import { type ExpectedObject, expectedObject } from "./expected-object.js";

/** What a line of a report says, and where it stands. */
export interface ExpectedLine {
  readonly expected: ExpectedObject;
  readonly segment: string;
  readonly line: number;
}

/** The lines of a report that say something which the bucket could contradict, in their order. */
export async function* expectedLines(runDir: string): AsyncGenerator<ExpectedLine> {
  const segments = await segmentsAmong(runDir, (await listFiles(runDir)).files);
  for await (const { record, segment, line } of locatedRecords(runDir, segments)) {
    const expected = expectedObject(record);
    if (expected !== null) yield { expected, segment, line };
  }
}

export async function countExpectedLines(runDir: string): Promise<number> {
  let count = 0;
  for await (const _ of expectedLines(runDir)) count += 1;
  return count;
}

/** Whether a bucket kept versions when the report was made; one that could not be asked may have. */
export function isVersionedIn({ buckets }: Pick<RunRecord, "buckets">): (bucket: string) => boolean {
  return (bucket) => buckets.find((found) => found.bucket === bucket)?.versioning !== "never";
}
