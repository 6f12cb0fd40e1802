import { documented } from "./fact.js";

/** What somebody is to do with a bucket. */
export type BucketUse = "audit" | "migrate" | "read" | "read-write";

/** The actions of S3 that a use needs, by what they are about. */
export interface Rights {
  readonly bucket: readonly string[];
  readonly objects: readonly string[];
  /** On the test objects of bucketseal alone. */
  readonly testObjects: readonly string[];
}

const LOOKED_AT = [
  "s3:GetBucketObjectLockConfiguration",
  "s3:GetBucketPolicy",
  "s3:GetBucketVersioning",
  "s3:GetEncryptionConfiguration",
  "s3:GetLifecycleConfiguration",
  "s3:GetReplicationConfiguration",
  "s3:ListBucket",
  "s3:ListBucketMultipartUploads",
  "s3:ListBucketVersions",
];

/** docs/iam-policy.json and the policies of docs/ovhcloud.md are held to these. */
export const rightsFor: Readonly<Record<BucketUse, Rights>> = {
  audit: {
    bucket: LOOKED_AT,
    objects: ["s3:GetObject", "s3:GetObjectLegalHold", "s3:GetObjectRetention", "s3:GetObjectVersion"],
    testObjects: [],
  },
  migrate: {
    bucket: [...LOOKED_AT, "s3:PutEncryptionConfiguration"],
    objects: [
      "s3:AbortMultipartUpload",
      "s3:GetObject",
      "s3:GetObjectAcl",
      "s3:GetObjectLegalHold",
      "s3:GetObjectRetention",
      "s3:GetObjectTagging",
      "s3:GetObjectVersion",
      "s3:GetObjectVersionAcl",
      "s3:GetObjectVersionTagging",
      "s3:ListMultipartUploadParts",
      "s3:PutObject",
      "s3:PutObjectAcl",
      "s3:PutObjectLegalHold",
      "s3:PutObjectRetention",
      "s3:PutObjectTagging",
      "s3:PutObjectVersionTagging",
    ],
    testObjects: ["s3:DeleteObject", "s3:DeleteObjectVersion"],
  },
  read: {
    bucket: ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"],
    objects: ["s3:GetObject", "s3:GetObjectVersion", "s3:ListMultipartUploadParts"],
    testObjects: [],
  },
  "read-write": {
    bucket: ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"],
    objects: [
      "s3:AbortMultipartUpload",
      "s3:DeleteObject",
      "s3:GetObject",
      "s3:GetObjectVersion",
      "s3:ListMultipartUploadParts",
      "s3:PutObject",
    ],
    testObjects: [],
  },
};

/** What the keys of bucketseal's test objects begin with, after the prefix that a run covers. */
export const testObjectPrefixes: readonly string[] = [".bucketseal-canary-", ".bucketseal-probe-"];

const BUCKET_ACTIONS = [
  ...["CreateBucket", "DeleteBucket", "DeleteBucketTagging", "DeleteBucketWebsite", "GetBucketAcl", "GetBucketCORS"],
  ...["GetBucketLocation", "GetBucketLogging", "GetBucketObjectLockConfiguration", "GetBucketTagging"],
  ...["GetBucketVersioning", "GetBucketWebsite", "GetEncryptionConfiguration", "GetIntelligentTieringConfiguration"],
  ...["GetLifecycleConfiguration", "GetReplicationConfiguration", "ListAllMyBuckets", "ListBucket"],
  ...["ListBucketMultipartUploads", "ListBucketVersions", "PutBucketAcl", "PutBucketCORS", "PutBucketLogging"],
  ...["PutBucketObjectLockConfiguration", "PutBucketTagging", "PutBucketVersioning", "PutBucketWebsite"],
  ...["PutEncryptionConfiguration", "PutIntelligentTieringConfiguration", "PutLifecycleConfiguration"],
];
const OBJECT_ACTIONS = [
  ...["AbortMultipartUpload", "BypassGovernanceRetention", "DeleteObject", "DeleteObjectTagging", "GetObject"],
  ...["GetObjectAcl", "GetObjectLegalHold", "GetObjectRetention", "GetObjectTagging", "ListMultipartUploadParts"],
  ...["PutObject", "PutObjectAcl", "PutObjectLegalHold", "PutObjectRetention", "PutObjectTagging"],
  "PutReplicationConfiguration",
];

/** All actions that a user policy of OVHcloud can name, by the scope in which its list has them. It has none for versions. */
export const ovhUserPolicyActions = documented(
  {
    bucket: BUCKET_ACTIONS.map((action) => `s3:${action}`),
    object: OBJECT_ACTIONS.map((action) => `s3:${action}`),
  },
  "https://github.com/ovh/docs/blob/develop/pages/storage_and_backup/object_storage/s3_identity_and_access_management/guide.en-gb.md",
);
