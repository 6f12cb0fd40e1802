export { BucketEncryption, type BucketEncryptionProps } from "./bucket/bucket-encryption.js";
export { EncryptedBucket } from "./bucket/encrypted-bucket.js";
export type { EncryptedBucketProps } from "./bucket/encrypted-bucket-props.js";
export type { NamedBucket, SealedBucket } from "./bucket/named-bucket.js";
export { BucketReference, type BucketReferenceProps, UnmanagedBucket } from "./bucket/unmanaged-bucket.js";
export type { AccessControlProps } from "./features/access-control.js";
export type { BlockedEncryptionTypesProps } from "./features/blocked-encryption-types.js";
export type { CorsMethod, CorsProps, CorsRule } from "./features/cors.js";
export type { KmsKeyProps } from "./features/encryption-default.js";
export type {
  LifecycleProps,
  LifecycleRule,
  LifecycleTransition,
  NoncurrentVersionTransition,
} from "./features/lifecycle/lifecycle-rule.js";
export type { AdoptionProps, DefaultRemovalProps, RemovalProps } from "./features/lifetime.js";
export type { MoveProps } from "./features/move.js";
export type { DefaultRetention, ObjectLockProps } from "./features/object-lock.js";
export type { ObjectOwnership, OwnershipProps } from "./features/ownership.js";
export type { BlockPublicAccess, PublicAccessProps } from "./features/public-access.js";
export type { ReplicationProps } from "./features/replication/replication.js";
export type { Replication } from "./features/replication/replication-rule.js";
export type { ServerAccessLogs, ServerAccessLogsProps } from "./features/server-access-logs.js";
export type { TagsProps } from "./features/tags.js";
export type { VersioningProps } from "./features/versioning.js";
export type { Website, WebsiteProps, WebsiteRoutingRule } from "./features/website.js";
export type { PolicyStatement } from "./policy/policy-statement.js";
export { type OvhUserPolicyProps, ovhUserPolicy } from "./policy/user-policies.js";
export { RequireEncryption, type RequireEncryptionProps } from "./require/require-encryption.js";
export { ObjectStorageProvider } from "./storage/object-storage-provider.js";
export type { ObjectStorageProviderProps } from "./storage/store-settings.js";
