import type { S3BucketConfig } from "@cdktf/provider-aws/lib/s3-bucket/index.js";
import type { TerraformResourceLifecycle } from "cdktf";
import { type Fields, text } from "../checked-props.js";
import { type AccessControlProps, accessControlFields } from "../features/access-control.js";
import {
  type BlockedEncryptionTypesProps,
  blockedEncryptionTypesFields,
} from "../features/blocked-encryption-types.js";
import { type CorsProps, corsFields } from "../features/cors.js";
import { type KmsKeyProps, kmsKeyFields } from "../features/encryption-default.js";
import { type ForEachProps, forEachFields } from "../features/for-each.js";
import { inlineRules } from "../features/lifecycle/declare-lifecycle.js";
import { type LifecycleProps, lifecycleFields } from "../features/lifecycle/lifecycle-rule.js";
import { type AdoptionProps, adoptionFields, guarded, type RemovalProps, removalFields } from "../features/lifetime.js";
import { type MoveProps, moveFields } from "../features/move.js";
import { locksObjects, type ObjectLockProps, objectLockFields } from "../features/object-lock.js";
import { type OwnershipProps, ownershipFields } from "../features/ownership.js";
import { type PublicAccessProps, publicAccessFields } from "../features/public-access.js";
import { type ReplicationProps, replicationFields } from "../features/replication/replication.js";
import { type ServerAccessLogsProps, serverAccessLogsFields } from "../features/server-access-logs.js";
import { type TagsProps, tagsFields } from "../features/tags.js";
import { type VersioningProps, versioningFields } from "../features/versioning.js";
import { type WebsiteProps, websiteFields } from "../features/website.js";
import type { ObjectStorageProvider } from "../storage/object-storage-provider.js";
import { defined } from "../values.js";
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

/** A bucket that existed before keeps what no property names: the defaults of these would be put over it. */
const LEFT_AS_FOUND = {
  abortIncompleteMultipartUploadDays: false,
  blockPublicAccess: false,
  ownership: false,
} as const satisfies EncryptedBucketProps;

/** The properties with what they imply. */
export function resolvedProps(given: EncryptedBucketProps): EncryptedBucketProps {
  const props = given.importExisting === true ? { ...LEFT_AS_FOUND, ...defined(given) } : given;
  return locksObjects(props) && props.versioning === undefined ? { ...props, versioning: "enabled" } : props;
}

/** What Terraform's bucket itself is told; all else is a resource of its own. */
export function bucketConfig(props: EncryptedBucketProps, storage: ObjectStorageProvider): S3BucketConfig {
  const { bucketName, tags, removal, forEach } = props;
  return {
    provider: storage.aws,
    ...(forEach === undefined ? {} : { forEach }),
    ...(bucketName === undefined ? {} : { bucket: bucketName }),
    ...(tags === undefined ? {} : { tags: { ...tags } }),
    ...(locksObjects(props) ? { objectLockEnabled: true } : {}),
    ...(removal === "destroyWithContents" ? { forceDestroy: true } : {}),
    ...inlineRules(props, storage),
    ...guarded(props, keptTags(props)),
  };
}

// Terraform takes tags that are not named for tags to remove; those of a bucket that was there before are not its to remove.
function keptTags({ importExisting, tags }: EncryptedBucketProps): TerraformResourceLifecycle {
  return importExisting === true && tags === undefined ? { ignoreChanges: ["tags", "tags_all"] } : {};
}
