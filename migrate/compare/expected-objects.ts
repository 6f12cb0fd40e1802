import { locatedRecords } from "../evidence/journal-tree.js";
import { segmentsAmong } from "../journal/read-journal.js";
import type { JournalRecord, Observation } from "../journal/record.js";
import { listFiles } from "../journal/run-folder.js";
import type { RunRecord } from "../journal/run-record.js";
import { isNamedVersion } from "./baseline-entry.js";

/** The statement of a report line, and its position. */
export interface ExpectedLine {
  readonly expected: ExpectedObject;
  readonly segment: string;
  readonly line: number;
}

/** Yields the lines of a report that the bucket could contradict, in their order. */
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

/** Whether a bucket kept versions when the report was made. If its setting was unreadable, it may have. */
export function isVersionedIn({ buckets }: Pick<RunRecord, "buckets">): (bucket: string) => boolean {
  return (bucket) => buckets.find((found) => found.bucket === bucket)?.versioning !== "never";
}

/** The state of an object or noncurrent version in the report, to be checked again. */
export interface ExpectedObject {
  readonly bucket: string;
  readonly key: string;
  /** `null`: the current version, whichever it is. */
  readonly versionId: string | null;
  /** `null` if it no longer existed. */
  readonly seen: Observation | null;
  /** When it was examined. */
  readonly at: string;
}

/** `null` if the bucket could not contradict the line. Pure. */
export function expectedObject(record: JournalRecord): ExpectedObject | null {
  if (record.kind !== "outcome" && record.kind !== "version") return null;
  const { bucket, key, at, before } = record;
  const { kind } = record.outcome;
  if (kind === "failed") return null;
  // The key belongs to another object, about which the line says nothing.
  if (kind === "not-found" && record.outcome.reason === "not-as-named") return null;
  const isGone = kind === "vanished" || kind === "not-found" || kind === "removed";
  if (record.kind === "version") {
    return { bucket, key, versionId: before.versionId ?? "null", seen: isGone ? null : before, at };
  }
  return { bucket, key, versionId: null, seen: isGone ? null : (record.after ?? before), at };
}

/** Whether the line is about a version that no other write can replace. */
export function isOfNamedVersion({ versionId }: ExpectedObject): boolean {
  return isNamedVersion(versionId);
}
