import type { IConstruct } from "constructs";
import { accessControlProblems } from "../features/access-control.js";
import { accessLogProblems } from "../features/access-log-problems.js";
import { kmsKeyProblems } from "../features/kms-key.js";
import { ownershipProblems } from "../features/ownership.js";
import { publicAccessProblems } from "../features/public-access.js";
import { replicationProblems } from "../features/replication-problems.js";
import { versioningProblems } from "../features/versioning.js";
import type { ObjectStorageProvider } from "../storage/object-storage-provider.js";
import { bucketNameProblems } from "./bucket-name.js";
import type { EncryptedBucketProps } from "./encrypted-bucket-props.js";

/** All that keeps a bucket with these properties from working on its store. */
export function bucketProblems(
  props: EncryptedBucketProps,
  storage: ObjectStorageProvider,
  scope: IConstruct,
): string[] {
  return [
    ...(props.bucketName === undefined ? [] : bucketNameProblems(props.bucketName, storage)),
    ...kmsKeyProblems(props, storage),
    ...versioningProblems(props, storage),
    ...accessControlProblems(props),
    ...publicAccessProblems(props, storage),
    ...ownershipProblems(props, storage),
    ...accessLogProblems(props, storage, scope),
    ...replicationProblems(props, storage),
  ];
}
