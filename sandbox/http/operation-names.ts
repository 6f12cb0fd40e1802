import { BUCKET_SETTINGS } from "../storage/bucket-settings.js";

/** Every operation that the sandbox supports, by its S3 API name. */
const OPERATION_NAMES = [
  "ListBuckets",
  "CreateBucket",
  "HeadBucket",
  "DeleteBucket",
  "GetBucketLocation",
  "ListObjects",
  "ListObjectsV2",
  "ListObjectVersions",
  "ListMultipartUploads",
  "DeleteObjects",
  "GetBucketVersioning",
  "PutBucketVersioning",
  "GetObjectLockConfiguration",
  "PutObjectLockConfiguration",
  "GetBucketAcl",
  "PutBucketAcl",
  "GetBucketSetting",
  "PutBucketSetting",
  "DeleteBucketSetting",
  "GetBucketEncryption",
  "PutBucketEncryption",
  "DeleteBucketEncryption",
  "PutObject",
  "GetObject",
  "HeadObject",
  "DeleteObject",
  "CopyObject",
  "GetObjectAttributes",
  "RestoreObject",
  "GetObjectTagging",
  "PutObjectTagging",
  "DeleteObjectTagging",
  "GetObjectAcl",
  "PutObjectAcl",
  "GetObjectRetention",
  "PutObjectRetention",
  "GetObjectLegalHold",
  "PutObjectLegalHold",
  "UpdateObjectEncryption",
  "CreateMultipartUpload",
  "UploadPart",
  "UploadPartCopy",
  "CompleteMultipartUpload",
  "AbortMultipartUpload",
  "ListParts",
] as const;

export type OperationName = (typeof OPERATION_NAMES)[number];

/** The S3 name of an operation. The many bucket settings share three operations here. */
export function operationTitle(operation: OperationName, query: ReadonlyMap<string, string>): string {
  if (!operation.endsWith("BucketSetting")) {
    return operation;
  }
  const parameter = [...query.keys()].find((name) => Object.hasOwn(BUCKET_SETTINGS, name)) ?? "";
  return operation.replace("Setting", BUCKET_SETTINGS[parameter]?.title ?? "");
}
