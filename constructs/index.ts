export { BucketEncryption, type BucketEncryptionProps } from "./bucket/bucket-encryption.js";
export { EncryptedBucket } from "./bucket/encrypted-bucket.js";
export type { EncryptedBucketProps } from "./bucket/encrypted-bucket-props.js";
export { RequireEncryption } from "./require/require-encryption.js";
export { ObjectStorageProvider, type ObjectStorageProviderProps } from "./storage/object-storage-provider.js";
