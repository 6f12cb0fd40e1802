export { BucketEncryption, type BucketEncryptionProps } from "./bucket-encryption.js";
export { EncryptedBucket, type EncryptedBucketProps } from "./encrypted-bucket.js";
export { ObjectStorageProvider, type ObjectStorageProviderProps } from "./object-storage-provider.js";
export { RequireEncryption } from "./require-encryption.js";
