import type { VersionRef } from "../list/list-objects.js";
import { activeLock, type ObjectFacts, type ObjectLock } from "../model/object.js";
import type { VersionLeftReason } from "../model/reason.js";
import type { RunContext } from "../object/context.js";

/** A lock that prevents the removal of a version. */
interface VersionLock {
  /** When it ends; `null` for a legal hold, which has no end. */
  readonly until: string | null;
  readonly words: string;
}

/** `null` if nothing locks it. Pure. */
export function lockOf(lock: ObjectLock, now: Date): VersionLock | null {
  const { mode, retainUntil, legalHold } = activeLock(lock, now);
  if (legalHold === "ON") {
    return { until: null, words: "cannot comply before its legal hold is lifted, which has no date" };
  }
  if (mode === null || retainUntil === null) return null;
  const until = toMilliseconds(retainUntil);
  return { until, words: `cannot comply before ${until} (retention ${mode})` };
}

/** Ceph writes nine fractional digits, more than the reader of a report needs. */
function toMilliseconds(date: string): string {
  return date.replace(/(\.\d{3})\d+/, "$1");
}

interface KeptVersion {
  readonly reason: VersionLeftReason;
  readonly lock: VersionLock | null;
}

/** Why a plaintext noncurrent version stays; `null` if it is to be removed. Pure. */
export function keptBecause(
  { bucket, versionId, isDeleted }: VersionRef,
  facts: Pick<ObjectFacts, "lock">,
  { mode, versions: treatment, settingsOf, now }: RunContext,
): KeptVersion | null {
  const lock = lockOf(facts.lock, now());
  if (lock !== null) return { reason: "locked", lock };
  if (mode === "audit") return { reason: "audit-only", lock };
  if (treatment === "current") return { reason: "versions-kept", lock };
  if (treatment === "replay" && isDeleted) return { reason: "beneath-delete-marker", lock };
  if (treatment === "purge" && versionId === "null" && settingsOf(bucket)?.versioning === "suspended") {
    return { reason: "null-while-suspended", lock };
  }
  if (mode === "dry-run") return { reason: "dry-run", lock };
  return treatment === "purge" ? null : { reason: "history-not-recreated", lock };
}
