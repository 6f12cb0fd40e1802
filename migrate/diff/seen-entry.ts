import { isNamedVersion } from "../baseline/same-object.js";
import { isAbsent, type JournalRecord, type Observation, type OutcomeRecord } from "../journal/record.js";

/** What a run saw of an object, or of one of its older versions. */
export interface SeenEntry {
  readonly bucket: string;
  readonly key: string;
  /** `null` for the object itself, whichever version it is. */
  readonly olderVersion: string | null;
  /** `null` where it was not there any more. */
  readonly seen: Observation | null;
}

/** What one line of a journal tells of the bucket as it was when the run ended. Pure. */
export function seenEntries(record: JournalRecord): readonly SeenEntry[] {
  const { bucket } = record;
  if (record.kind === "version") {
    const { key, before, outcome } = record;
    const isGone = outcome.kind === "vanished" || outcome.kind === "removed";
    return [{ bucket, key, olderVersion: before.versionId ?? "null", seen: isGone ? null : before }];
  }
  if (record.kind !== "outcome") return [];
  const { key, before, after, outcome } = record;
  // Another object has its key, of which the line says nothing.
  if (outcome.kind === "not-found" && outcome.reason === "not-as-named") return [];
  const current = { bucket, key, olderVersion: null, seen: isAbsent(outcome.kind) ? null : (after ?? before) };
  return [current, ...leftBehind(record), ...replayedOf(record)];
}

/** A copy on a versioned bucket leaves what it copied behind. */
function leftBehind({ bucket, key, before, after }: OutcomeRecord): SeenEntry[] {
  const isOther = after !== null && isNamedVersion(before.versionId) && before.versionId !== after.versionId;
  return isOther ? [{ bucket, key, olderVersion: before.versionId, seen: before }] : [];
}

function replayedOf({ bucket, key, replayed = [] }: OutcomeRecord): SeenEntry[] {
  return replayed.flatMap(({ before, after }) => [
    { bucket, key, olderVersion: before.versionId ?? "null", seen: null },
    { bucket, key, olderVersion: after.versionId ?? "null", seen: after },
  ]);
}
