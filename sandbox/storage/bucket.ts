import type { Acl } from "./acl.js";
import { KeyIndex } from "./key-index.js";
import type { ChecksumAlgorithm, ObjectVersion, Piece, StoredObject } from "./object-version.js";

export type DefaultRetention = { readonly mode: "GOVERNANCE" | "COMPLIANCE" } & (
  | { readonly days: number }
  | { readonly years: number }
);

/** The default encryption of a bucket, as set by PutBucketEncryption. */
export interface DefaultEncryption {
  readonly algorithm: "AES256" | "aws:kms" | "aws:kms:dsse";
  readonly keyId?: string;
  readonly bucketKey: boolean;
}

/** The properties of a bucket without its objects. Every change replaces them as a whole. */
export interface BucketFacts {
  readonly name: string;
  readonly createdAt: number;
  /** The owner's ID; absent for `OWNER`. */
  readonly ownerId?: string;
  readonly versioning: "off" | "enabled" | "suspended";
  /** Suspended before it was ever enabled, so its answers contain no version IDs. */
  readonly neverVersioned?: boolean;
  readonly objectLock: { readonly defaultRetention?: DefaultRetention } | null;
  readonly encryption: DefaultEncryption | null;
  readonly acl: Acl;
  /** Bodies of the other sub-resources, by query parameter (and ID). */
  readonly settings: Readonly<Record<string, string>>;
  /** The bucket's key, wrapped under the master key, in base64. */
  readonly wrappedKey: string;
}

export interface Bucket {
  facts: BucketFacts;
  /** Versions of each key, newest first; never empty. */
  readonly versions: Map<string, readonly ObjectVersion[]>;
  readonly keys: KeyIndex;
  readonly uploads: Map<string, MultipartUpload>;
}

export function newBucket(facts: BucketFacts): Bucket {
  return { facts, versions: new Map(), keys: new KeyIndex(), uploads: new Map() };
}

/** Puts a version on top, replacing one with the same ID. Returns the replaced version. */
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

/** Replaces a version in its position. */
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

export interface UploadedPart {
  readonly number: number;
  readonly etag: string;
  readonly lastModified: number;
  readonly piece: Piece;
  readonly checksum?: string;
}

/** The properties of the object, fixed when the upload is created. */
export type UploadPlan = Omit<
  StoredObject,
  "versionId" | "lastModified" | "sizeBytes" | "etag" | "pieces" | "parts" | "uploadId"
>;

export interface MultipartUpload {
  readonly uploadId: string;
  readonly startedAt: number;
  readonly plan: UploadPlan;
  readonly checksumAlgorithm?: ChecksumAlgorithm;
  readonly checksumType?: "FULL_OBJECT" | "COMPOSITE";
  readonly parts: Map<number, UploadedPart>;
}
