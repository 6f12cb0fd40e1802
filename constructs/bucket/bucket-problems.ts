import { accessControlProblems } from "../features/access-control.js";
import { kmsKeyProblems } from "../features/kms-key.js";
import { ownershipProblems } from "../features/ownership.js";
import { publicAccessProblems } from "../features/public-access.js";
import { versioningProblems } from "../features/versioning.js";
import type { ObjectStorageProvider } from "../storage/object-storage-provider.js";
import { bucketNameProblems } from "./bucket-name.js";
import type { EncryptedBucketProps } from "./encrypted-bucket-props.js";

/** All that keeps a bucket with these properties from working on its store. */
export function bucketProblems(props: EncryptedBucketProps, storage: ObjectStorageProvider): string[] {
  return [
    ...(props.bucketName === undefined ? [] : bucketNameProblems(props.bucketName, storage)),
    ...kmsKeyProblems(props, storage),
    ...versioningProblems(props, storage),
    ...accessControlProblems(props),
    ...publicAccessProblems(props, storage),
    ...ownershipProblems(props, storage),
  ];
}
