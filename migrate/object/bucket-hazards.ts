import type { BucketFindings } from "../journal/run-record.js";
import { activeLock, type ObjectFacts } from "../model/object.js";
import type { RefuseReason } from "../model/reason.js";
import type { ObjectStore } from "../store/object-store.js";
import { StoreError } from "../store/store-error.js";

export type BucketSettings = Pick<BucketFindings, "bucket" | "versioning" | "objectLock">;

/**
 * What a copy would do for good because of how the bucket is set: lock what was free, or destroy an older version.
 * `null` where it would do neither.
 */
export async function copyHazard(
  store: ObjectStore,
  facts: ObjectFacts,
  settings: BucketSettings | undefined,
): Promise<RefuseReason | null> {
  const isFree = activeLock(facts.lock, new Date()).mode === null;
  if (settings?.objectLock === "locks-by-default" && isFree) return "would-be-locked";
  // A bucket whose versioning is suspended, as it may be where it cannot be read, writes the null version, in place of the one that there is.
  const hasName = facts.versionId !== null && facts.versionId !== "null";
  const maySuspend = settings?.versioning === "suspended" || settings?.versioning === "unreadable";
  const replacesNull = maySuspend && hasName;
  return replacesNull && (await hasNullVersion(store, facts)) ? "would-replace-null-version" : null;
}

async function hasNullVersion(store: ObjectStore, { bucket, key }: ObjectFacts): Promise<boolean> {
  try {
    await store.headObject({ bucket, key, versionId: "null" });
    return true;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    // 405 is a delete marker, which holds nothing; 400 is a version under a customer key.
    if (error.kind === "not-found" || error.facts.status === 405) return false;
    if (error.kind === "bad-request") return true;
    throw error;
  }
}
