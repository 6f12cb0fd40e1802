import type { JournalWriter } from "../journal/journal-writer.js";
import type { JournalRecord } from "../journal/record.js";
import type { BucketFindings } from "../journal/run-record.js";
import type { VersionRef } from "../list/list-objects.js";
import { activeLock, type ObjectFacts, type ObjectLock } from "../model/object.js";
import type { VersionTreatment } from "../model/policy.js";
import type { VersionLeftReason } from "../model/reason.js";
import type { Scope } from "../model/scope.js";
import type { Road } from "../object/context.js";

export interface VersionOptions {
  /** Whether noncurrent versions are looked at. */
  readonly noncurrent: boolean;
  readonly versions: VersionTreatment;
}

/** What every noncurrent version of a bucket is looked at with. */
export interface VersionRoad extends Pick<Road, "store" | "capabilities" | "keys" | "mode" | "now" | "removals"> {
  readonly treatment: VersionTreatment;
  readonly versioning: BucketFindings["versioning"];
  /** Resolves once the line is on the disk. */
  readonly append: (record: JournalRecord) => Promise<void>;
}

/** `null` where the bucket keeps no versions, or they are not to be looked at. */
export function versionRoad(
  { bucket }: Scope,
  { noncurrent, versions }: VersionOptions,
  road: Road,
  journal: JournalWriter,
): VersionRoad | null {
  const versioning = road.buckets.find((found) => found.bucket === bucket)?.versioning ?? "unreadable";
  // A setting that could not be read may hide some.
  if (!noncurrent || versioning === "never") return null;
  const { store, capabilities, keys, mode, now, removals } = road;
  const append = (record: JournalRecord) => journal.append(record);
  return { store, capabilities, keys, mode, now, removals, treatment: versions, versioning, append };
}

/** What keeps a version from being removed. */
interface VersionLock {
  /** When it ends; `null` where a legal hold is on, which has no end. */
  readonly until: string | null;
  readonly words: string;
}

/** `null` where nothing locks it. Pure. */
export function lockOf(lock: ObjectLock, now: Date): VersionLock | null {
  const { mode, retainUntil, legalHold } = activeLock(lock, now);
  if (legalHold === "ON") {
    return { until: null, words: "cannot comply before its legal hold is lifted, which has no date" };
  }
  if (mode === null || retainUntil === null) return null;
  const until = toMilliseconds(retainUntil);
  return { until, words: `cannot comply before ${until} (retention ${mode})` };
}

/** Ceph writes nine digits behind the second, which no reader of a report asks for. */
function toMilliseconds(date: string): string {
  return date.replace(/(\.\d{3})\d+/, "$1");
}

interface Kept {
  readonly reason: VersionLeftReason;
  readonly lock: VersionLock | null;
}

/** Why a noncurrent plaintext version stays; `null` where it is to be removed. Pure. */
export function keptBecause(
  { versionId, isDeleted }: VersionRef,
  facts: Pick<ObjectFacts, "lock">,
  { mode, treatment, versioning, now }: Pick<VersionRoad, "mode" | "treatment" | "versioning" | "now">,
): Kept | null {
  const lock = lockOf(facts.lock, now());
  if (lock !== null) return { reason: "locked", lock };
  if (mode === "audit") return { reason: "audit-only", lock };
  if (treatment === "current") return { reason: "versions-kept", lock };
  if (treatment === "replay" && isDeleted) return { reason: "beneath-delete-marker", lock };
  if (treatment === "purge" && versionId === "null" && versioning === "suspended") {
    return { reason: "null-while-suspended", lock };
  }
  if (mode === "dry-run") return { reason: "dry-run", lock };
  return treatment === "purge" ? null : { reason: "history-not-recreated", lock };
}
