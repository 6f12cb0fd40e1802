import type { Construct, IConstruct } from "constructs";
import type { BucketSubResource } from "../../providers/index.js";
import { accessControlProblems } from "../features/access-control.js";
import { blockedEncryptionTypesProblems } from "../features/blocked-encryption-types.js";
import { corsProblems } from "../features/cors.js";
import { kmsKeyProblems } from "../features/encryption-default.js";
import { lifecycleProblems } from "../features/lifecycle/lifecycle-problems.js";
import { adoptionProblems } from "../features/lifetime.js";
import { moveProblems } from "../features/move.js";
import { objectLockProblems } from "../features/object-lock.js";
import { ownershipProblems } from "../features/ownership.js";
import { publicAccessProblems } from "../features/public-access.js";
import { accessLogProblems } from "../features/server-access-logs.js";
import { warnWhereUndocumented } from "../features/store-support.js";
import { tagsProblems } from "../features/tags.js";
import { versioningProblems } from "../features/versioning.js";
import { websiteProblems } from "../features/website.js";
import { foreignStorage, type ObjectStorageProvider } from "../storage/object-storage-provider.js";
import { bucketNameProblems } from "./bucket-name.js";
import type { EncryptedBucketProps } from "./encrypted-bucket-props.js";

/** All that keeps a bucket with these properties from working on its store. */
export function bucketProblems(
  props: EncryptedBucketProps,
  storage: ObjectStorageProvider,
  scope: Construct,
): string[] {
  return [
    ...foreignStorage(scope, storage),
    ...bucketNameProblems(props.bucketName, storage),
    ...blockedEncryptionTypesProblems(props, storage),
    ...kmsKeyProblems(props, storage),
    ...versioningProblems(props, storage),
    ...objectLockProblems(props, storage),
    ...lifecycleProblems(props, storage),
    ...corsProblems(props, storage),
    ...tagsProblems(props, storage),
    ...websiteProblems(props, storage),
    ...adoptionProblems(props),
    ...accessControlProblems(props),
    ...publicAccessProblems(props, storage),
    ...ownershipProblems(props, storage),
    ...accessLogProblems(props, storage, scope),
    ...moveProblems(props, scope),
  ];
}

/** What a property needs of the store. */
const NEEDS: Readonly<Partial<Record<keyof EncryptedBucketProps, BucketSubResource>>> = {
  versioning: "versioning",
  objectLock: "object-lock",
  defaultRetention: "object-lock",
  lifecycleRules: "lifecycle",
  abortIncompleteMultipartUploadDays: "lifecycle",
  cors: "cors",
  tags: "tagging",
  website: "website",
  enforceTls: "policy",
  denyUnencryptedUploads: "policy",
  denyCustomerKeys: "policy",
  requireCustomerKeys: "policy",
  blockPublicAccess: "public-access-block",
  ownership: "ownership-controls",
  serverAccessLogs: "logging",
  replication: "replication",
};

/** Warns of each property that no document of the store speaks of. Nothing at all is known of a generic store: that is no news. */
export function warnOfUndocumented(
  bucket: IConstruct,
  props: EncryptedBucketProps,
  storage: ObjectStorageProvider,
): void {
  for (const [property, subResource] of Object.entries(NEEDS)) {
    const asked: unknown = props[property as keyof EncryptedBucketProps];
    if (asked !== undefined && asked !== false) warnWhereUndocumented(bucket, property, subResource, storage);
  }
}
