import type { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration/index.js";
import type { ObjectStorageProvider } from "../storage/object-storage-provider.js";

/** A bucket that another one refers to: an EncryptedBucket, a BucketEncryption, or what `EncryptedBucket.fromBucketName` gives. */
export interface NamedBucket {
  readonly bucketName: string;
  readonly storage: ObjectStorageProvider;
}

/** A bucket whose default encryption this app declares: an EncryptedBucket or a BucketEncryption. */
export interface SealedBucket extends NamedBucket {
  readonly encryption: S3BucketServerSideEncryptionConfigurationA;
}
