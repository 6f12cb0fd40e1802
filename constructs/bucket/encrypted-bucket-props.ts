import type { AccessControlProps } from "../features/access-control.js";
import type { AdoptionProps } from "../features/adoption.js";
import type { CorsProps } from "../features/cors.js";
import type { KmsKeyProps } from "../features/kms-key.js";
import type { LifecycleProps } from "../features/lifecycle/lifecycle-props.js";
import type { ObjectLockProps } from "../features/object-lock.js";
import type { OwnershipProps } from "../features/ownership.js";
import type { PublicAccessProps } from "../features/public-access.js";
import type { RemovalProps } from "../features/removal.js";
import type { ReplicationProps } from "../features/replication.js";
import type { ServerAccessLogsProps } from "../features/server-access-logs.js";
import type { TagsProps } from "../features/tags.js";
import type { VersioningProps } from "../features/versioning.js";
import type { WebsiteProps } from "../features/website.js";
import type { ObjectStorageProvider } from "../storage/object-storage-provider.js";

export interface EncryptedBucketProps
  extends AccessControlProps,
    AdoptionProps,
    CorsProps,
    KmsKeyProps,
    LifecycleProps,
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
