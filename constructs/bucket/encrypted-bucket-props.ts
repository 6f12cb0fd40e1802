import { type Fields, text } from "../checked-props.js";
import { type AccessControlProps, accessControlFields } from "../features/access-control.js";
import { type AdoptionProps, adoptionFields } from "../features/adoption.js";
import {
  type BlockedEncryptionTypesProps,
  blockedEncryptionTypesFields,
} from "../features/blocked-encryption-types.js";
import { type CorsProps, corsFields } from "../features/cors.js";
import { type ForEachProps, forEachFields } from "../features/for-each.js";
import { type KmsKeyProps, kmsKeyFields } from "../features/kms-key.js";
import { type LifecycleProps, lifecycleFields } from "../features/lifecycle/lifecycle-props.js";
import { type MoveProps, moveFields } from "../features/move.js";
import { type ObjectLockProps, objectLockFields } from "../features/object-lock.js";
import { type OwnershipProps, ownershipFields } from "../features/ownership.js";
import { type PublicAccessProps, publicAccessFields } from "../features/public-access.js";
import { type RemovalProps, removalFields } from "../features/removal.js";
import { type ReplicationProps, replicationFields } from "../features/replication.js";
import { type ServerAccessLogsProps, serverAccessLogsFields } from "../features/server-access-logs.js";
import { type TagsProps, tagsFields } from "../features/tags.js";
import { type VersioningProps, versioningFields } from "../features/versioning.js";
import { type WebsiteProps, websiteFields } from "../features/website.js";
import type { ObjectStorageProvider } from "../storage/object-storage-provider.js";
import { bucketReferenceFields } from "./bucket-reference.js";

export interface EncryptedBucketProps
  extends AccessControlProps,
    AdoptionProps,
    BlockedEncryptionTypesProps,
    CorsProps,
    ForEachProps,
    KmsKeyProps,
    LifecycleProps,
    MoveProps,
    ObjectLockProps,
    OwnershipProps,
    PublicAccessProps,
    RemovalProps,
    ReplicationProps,
    ServerAccessLogsProps,
    TagsProps,
    VersioningProps,
    WebsiteProps {
  /**
   * The bucket's name, checked at synth against the rules of the store.
   * @default - Terraform makes a name of its own
   */
  readonly bucketName?: string;
  /**
   * The store and region that the bucket lives in.
   * @default - the only ObjectStorageProvider of the stack
   */
  readonly storage?: ObjectStorageProvider;
}

export const encryptedBucketFields = {
  bucketName: text().optional(),
  ...bucketReferenceFields,
  ...accessControlFields,
  ...adoptionFields,
  ...blockedEncryptionTypesFields,
  ...corsFields,
  ...forEachFields,
  ...kmsKeyFields,
  ...lifecycleFields,
  ...moveFields,
  ...objectLockFields,
  ...ownershipFields,
  ...publicAccessFields,
  ...removalFields,
  ...replicationFields,
  ...serverAccessLogsFields,
  ...tagsFields,
  ...versioningFields,
  ...websiteFields,
} satisfies Fields<EncryptedBucketProps>;
