import type { EncryptedBucket } from "./encrypted-bucket.js";
import type { NamedBucket, SealedBucket } from "./named-bucket.js";

/** Whether the bucket itself, with its policy, is declared in this app. By its methods: an app can hold two copies of this library. */
export function isEncryptedBucket(bucket: NamedBucket): bucket is EncryptedBucket {
  return "addToResourcePolicy" in bucket && "encryption" in bucket;
}

export function isSealedBucket(bucket: NamedBucket): bucket is SealedBucket {
  return "encryption" in bucket && bucket.encryption !== undefined;
}

/** In plain JavaScript a name can come where a bucket should. */
export function isNamedBucket(bucket: unknown): bucket is NamedBucket {
  return typeof bucket === "object" && bucket !== null && "bucketName" in bucket && "storage" in bucket;
}
