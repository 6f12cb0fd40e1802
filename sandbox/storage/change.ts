import {
  addVersion,
  type Bucket,
  type BucketFacts,
  type MultipartUpload,
  removeVersion,
  replaceVersion,
  type UploadedPart,
} from "./bucket.js";
import type { ObjectVersion } from "./object-version.js";

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
