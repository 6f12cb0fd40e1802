import type { JournalWriter } from "../journal/journal-writer.js";
import type { JournalRecord } from "../journal/record.js";
import type { BucketFindings } from "../journal/run-record.js";
import type { VersionTreatment } from "../model/policy.js";
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
