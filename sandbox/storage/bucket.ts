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
function addVersion(bucket: Bucket, version: ObjectVersion): ObjectVersion | undefined {
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
function replaceVersion(bucket: Bucket, version: ObjectVersion): void {
  const before = bucket.versions.get(version.key) ?? [];
  const after = before.map((other) => (other.versionId === version.versionId ? version : other));
  bucket.versions.set(version.key, after);
}

function removeVersion(bucket: Bucket, key: string, versionId: string): ObjectVersion | undefined {
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

/** One change of a bucket. It is applied to memory at once and written as a line of the bucket's journal. */
export type Change =
  | { readonly kind: "facts"; readonly facts: BucketFacts }
  | { readonly kind: "put"; readonly version: ObjectVersion }
  | { readonly kind: "update"; readonly version: ObjectVersion }
  | { readonly kind: "remove"; readonly key: string; readonly versionId: string }
  | { readonly kind: "upload"; readonly upload: Omit<MultipartUpload, "parts"> }
  | { readonly kind: "part"; readonly uploadId: string; readonly part: UploadedPart }
  | { readonly kind: "upload-end"; readonly uploadId: string };

/** Applies a change and returns the blobs that are no longer needed. */
export function applyChange(bucket: Bucket, change: Change): readonly string[] {
  switch (change.kind) {
    case "facts":
      bucket.facts = change.facts;
      return [];
    case "put":
      return blobIds(addVersion(bucket, change.version));
    case "update":
      replaceVersion(bucket, change.version);
      return [];
    case "remove":
      return blobIds(removeVersion(bucket, change.key, change.versionId));
    case "upload":
      bucket.uploads.set(change.upload.uploadId, { ...change.upload, parts: new Map() });
      return [];
    case "part":
      return addPart(bucket, change.uploadId, change.part);
    case "upload-end":
      bucket.uploads.delete(change.uploadId);
      return [];
  }
}

export function blobIds(version: ObjectVersion | undefined): readonly string[] {
  return version?.kind === "object" ? version.pieces.map(({ blobId }) => blobId) : [];
}

function addPart(bucket: Bucket, uploadId: string, part: UploadedPart): readonly string[] {
  const upload = bucket.uploads.get(uploadId);
  if (upload === undefined) {
    // The upload was aborted while the part was being sent.
    return [part.piece.blobId];
  }
  const before = upload.parts.get(part.number);
  upload.parts.set(part.number, part);
  return before === undefined ? [] : [before.piece.blobId];
}

/** The shortest list of changes that creates this bucket. */
export function* changesOf(bucket: Bucket): Iterable<Change> {
  yield { kind: "facts", facts: bucket.facts };
  for (const versions of bucket.versions.values()) {
    for (const version of versions.toReversed()) {
      yield { kind: "put", version };
    }
  }
  for (const { parts, ...upload } of bucket.uploads.values()) {
    yield { kind: "upload", upload };
    for (const part of parts.values()) {
      yield { kind: "part", uploadId: upload.uploadId, part };
    }
  }
}
