import type { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket/index.js";
import type { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy/index.js";
import type { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration/index.js";
import type { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning/index.js";
import type { Construct } from "constructs";
import type { PolicyStatement } from "../policy/policy-statement.js";
import type { ObjectStorageProvider } from "../storage/object-storage-provider.js";

/**
 * A bucket that another bucket can refer to: an EncryptedBucket, a BucketEncryption, or the result
 * of `EncryptedBucket.fromBucketName`.
 */
export interface NamedBucket {
  readonly bucketName: string;
  readonly storage: ObjectStorageProvider;
}

/**
 * A bucket whose default encryption this app declares: an EncryptedBucket or a BucketEncryption.
 */
export interface SealedBucket extends NamedBucket {
  readonly encryption: S3BucketServerSideEncryptionConfigurationA;
}

/** The members of an EncryptedBucket that its features use, and the features of other buckets. */
export interface DeclaredBucket extends SealedBucket, Construct {
  readonly bucket: S3Bucket;
  readonly versioning: S3BucketVersioningA | undefined;
  readonly policy: S3BucketPolicy | undefined;
  readonly replicationRules: readonly { readonly destination: unknown }[];
  readonly props: {
    readonly bucketName?: string;
    readonly versioning?: "enabled" | "suspended";
    readonly objectLock?: boolean;
    readonly defaultRetention?: object;
    readonly kmsKey?: string;
    readonly denyUnencryptedUploads?: boolean;
    readonly requireCustomerKeys?: boolean;
  };
  addToResourcePolicy(statement: PolicyStatement): void;
}

/**
 * Whether this app declares the bucket itself, with its policy. Checks its methods, not its class:
 * an app can contain two copies of this library.
 */
export function isEncryptedBucket(bucket: NamedBucket): bucket is DeclaredBucket {
  return "addToResourcePolicy" in bucket && "encryption" in bucket;
}

export function isSealedBucket(bucket: NamedBucket): bucket is SealedBucket {
  return "encryption" in bucket && bucket.encryption !== undefined;
}

/** Plain JavaScript can pass a name instead of a bucket. */
export function isNamedBucket(bucket: unknown): bucket is NamedBucket {
  return typeof bucket === "object" && bucket !== null && "bucketName" in bucket && "storage" in bucket;
}
