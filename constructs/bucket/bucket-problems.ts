import { versioningProblems } from "../features/versioning.js";
import type { ObjectStorageProvider } from "../storage/object-storage-provider.js";
import { bucketNameProblems } from "./bucket-name.js";
import type { EncryptedBucketProps } from "./encrypted-bucket-props.js";

/** All that keeps a bucket with these properties from working on its store. */
export function bucketProblems(props: EncryptedBucketProps, storage: ObjectStorageProvider): string[] {
  return [
    ...(props.bucketName === undefined ? [] : bucketNameProblems(props.bucketName, storage)),
    ...versioningProblems(props, storage),
  ];
}
