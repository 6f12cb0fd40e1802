import { locatedRecords } from "../evidence/journal-tree.js";
import { segmentsAmong } from "../journal/read-journal.js";
import { type CheckpointRecord, isAbsent, type JournalRecord, type Observation } from "../journal/record.js";
import { keepLast } from "../journal/resume.js";
import { listFiles } from "../journal/run-folder.js";
import type { RunRecord } from "../journal/run-record.js";
import { externalSort } from "../list/external-sort.js";
import { sortedCursor } from "../list/sorted.js";
import { areComplete, tiled, WHOLE_RANGE } from "../model/key-range.js";
import type { ObjectRef } from "../model/object.js";
import { indexScopes, orderWithin, type Scope, scopeOrder } from "../model/scope.js";
import { isNamedVersion, isSameSecond } from "./baseline-entry.js";

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

interface Seen {
  readonly bucket: string;
  readonly key: string;
  /** `null` if the object did not exist. */
  readonly seen: Pick<Observation, "etag" | "lastModified"> | null;
}

/** What a run saw of its objects, sorted in files if it does not fit in memory. */
export async function openSeen(records: AsyncIterable<JournalRecord>, scopes: readonly Scope[]) {
  const [order, within] = [scopeOrder(scopes), orderWithin(scopes)];
  const orderOf = ({ bucket, key }: Pick<ObjectRef, "bucket" | "key">) => order(bucket, key) ?? "";
  const found = indexScopes(scopes, () => ({
    isUnordered: false,
    checkpoints: new Map<string | null, CheckpointRecord>(),
  }));
  const note = (checkpoint: CheckpointRecord) => {
    const ofScope = found.exact(checkpoint);
    if (ofScope === undefined) return;
    ofScope.isUnordered ||= checkpoint.afresh === true;
    keepLast(ofScope.checkpoints, checkpoint);
  };
  const sorted = await externalSort(seenOf(records, note), { orderOf });
  return {
    /** Opens it for a listing of a scope after this key. Several may be open. */
    after: (scope: Scope, key: string | null) => {
      const cursor = sortedCursor(sorted.read(within(scope, key ?? "")));
      /** `null` if the run did not see the object. */
      const of = async (ref: ObjectRef) => (await cursor.at(orderOf(ref))).at(-1)?.seen ?? null;
      return { of, [Symbol.asyncDispose]: cursor.close };
    },
    /** Whether the listing of the scope turned out to have no order. */
    isUnordered: (scope: Scope) => found.exact(scope)?.isUnordered ?? false,
    /** The ranges in which the run listed the scope, in their order, and how many objects each had. */
    rangesOf: (scope: Scope) => {
      const ranges = [...(found.exact(scope)?.checkpoints.values() ?? [])];
      if (!areComplete(ranges)) return [{ range: WHOLE_RANGE, listed: 0 }];
      return tiled(
        ranges.map(({ after = null, listed, filteredOut }) => ({
          range: { after, through: null },
          listed: listed + filteredOut,
        })),
      );
    },
    close: sorted.close,
  };
}

export type SeenObjects = Awaited<ReturnType<typeof openSeen>>;

async function* seenOf(
  records: AsyncIterable<JournalRecord>,
  onCheckpoint: (checkpoint: CheckpointRecord) => void,
): AsyncGenerator<Seen> {
  for await (const record of records) {
    if (record.kind === "checkpoint") onCheckpoint(record);
    if (record.kind !== "outcome") continue;
    const { etag, lastModified } = record.after ?? record.before;
    const seen = isAbsent(record.outcome.kind) ? null : { etag, lastModified };
    yield { bucket: record.bucket, key: record.key, seen };
  }
}

/** Compares the dates, or the ETags if both dates lie in the same second. Pure. */
export function isYounger(listed: Pick<ObjectRef, "etag" | "lastModified">, seen: Seen["seen"]): boolean {
  if (seen === null) return true;
  if (seen.lastModified !== listed.lastModified) {
    const [then, now] = [Date.parse(seen.lastModified ?? ""), Date.parse(listed.lastModified)];
    const isDated = !Number.isNaN(then) && !Number.isNaN(now);
    if (isDated && !isSameSecond(seen.lastModified, listed.lastModified)) return now > then;
  }
  return seen.etag !== null && seen.etag !== listed.etag;
}
