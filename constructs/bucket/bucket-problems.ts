import type { Construct } from "constructs";
import { accessControlProblems } from "../features/access-control.js";
import { accessLogProblems } from "../features/access-log-problems.js";
import { adoptionProblems } from "../features/adoption.js";
import { blockedEncryptionTypesProblems } from "../features/blocked-encryption-types.js";
import { corsProblems } from "../features/cors.js";
import { kmsKeyProblems } from "../features/kms-key.js";
import { lifecycleProblems } from "../features/lifecycle/lifecycle-problems.js";
import { moveProblems } from "../features/move.js";
import { objectLockProblems } from "../features/object-lock.js";
import { ownershipProblems } from "../features/ownership.js";
import { publicAccessProblems } from "../features/public-access.js";
import { tagsProblems } from "../features/tags.js";
import { versioningProblems } from "../features/versioning.js";
import { websiteProblems } from "../features/website.js";
import { foreignStorage } from "../storage/foreign-storage.js";
import type { ObjectStorageProvider } from "../storage/object-storage-provider.js";
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
