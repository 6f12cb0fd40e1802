import type { Bucket } from "./bucket.js";
import type { ObjectVersion } from "./object-version.js";

/** Puts a version on top; one of the same id gives way. Answers what was replaced. */
export function addVersion(bucket: Bucket, version: ObjectVersion): ObjectVersion | undefined {
  const before = bucket.versions.get(version.key);
  if (before === undefined) {
    bucket.keys.add(version.key);
    bucket.versions.set(version.key, [version]);
    return undefined;
  }
  const replaced = before.find(({ versionId }) => versionId === version.versionId);
  const others = replaced === undefined ? before : before.filter((other) => other !== replaced);
  bucket.versions.set(version.key, [version, ...others]);
  return replaced;
}

/** Changes a version where it stands. */
export function replaceVersion(bucket: Bucket, version: ObjectVersion): void {
  const before = bucket.versions.get(version.key) ?? [];
  const after = before.map((other) => (other.versionId === version.versionId ? version : other));
  bucket.versions.set(version.key, after);
}

export function removeVersion(bucket: Bucket, key: string, versionId: string): ObjectVersion | undefined {
  const before = bucket.versions.get(key) ?? [];
  const removed = before.find((version) => version.versionId === versionId);
  if (removed === undefined) {
    return undefined;
  }
  if (before.length === 1) {
    bucket.versions.delete(key);
    bucket.keys.remove(key);
  } else {
    bucket.versions.set(
      key,
      before.filter((version) => version !== removed),
    );
  }
  return removed;
}
