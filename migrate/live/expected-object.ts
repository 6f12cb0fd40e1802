import { isNamedVersion } from "../baseline/same-object.js";
import type { JournalRecord, Observation } from "../journal/record.js";

/** What a line of the report says of an object or of an older version, to be looked up again. */
export interface ExpectedObject {
  readonly bucket: string;
  readonly key: string;
  /** `null`: the current one, whichever it is. */
  readonly versionId: string | null;
  /** `null` where it was not there any more. */
  readonly seen: Observation | null;
  /** When it was looked at. */
  readonly at: string;
}

/** `null` where a line says nothing that the bucket could contradict. Pure. */
export function expectedObject(record: JournalRecord): ExpectedObject | null {
  if (record.kind !== "outcome" && record.kind !== "version") return null;
  const { bucket, key, at, before } = record;
  const { kind } = record.outcome;
  if (kind === "failed") return null;
  // Another object has its key, of which the line says nothing.
  if (kind === "not-found" && record.outcome.reason === "not-as-named") return null;
  const isGone = kind === "vanished" || kind === "not-found" || kind === "removed";
  if (record.kind === "version") {
    return { bucket, key, versionId: before.versionId ?? "null", seen: isGone ? null : before, at };
  }
  return { bucket, key, versionId: null, seen: isGone ? null : (record.after ?? before), at };
}

/** Whether no other write can ever be what the line is about. */
export function isOfNamedVersion({ versionId }: ExpectedObject): boolean {
  return isNamedVersion(versionId);
}
