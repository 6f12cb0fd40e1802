import { documented } from "./facts.js";

/** The uses of a bucket that need different permissions. */
export type BucketUse = "audit" | "migrate" | "read" | "read-write";

/** The S3 actions that a use needs, by resource. */
export interface Rights {
  readonly bucket: readonly string[];
  readonly objects: readonly string[];
  /** Only on bucketseal's test objects. */
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

/** Tests compare docs/iam-policy.json and the policies in docs/ovhcloud.md with these. */
export const rightsFor: Readonly<Record<BucketUse, Rights>> = {
  audit: {
    bucket: LOOKED_AT,
    objects: ["s3:GetObject", "s3:GetObjectLegalHold", "s3:GetObjectRetention", "s3:GetObjectVersion"],
    testObjects: [],
  },
  migrate: {
    // Without s3:GetBucketOwnershipControls the access control lists of all objects are read.
    bucket: [...LOOKED_AT, "s3:GetBucketOwnershipControls", "s3:PutEncryptionConfiguration"],
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
      // Only used under a KMS key, on Amazon S3.
      "s3:UpdateObjectEncryption",
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

/** Prefixes of the keys of bucketseal's test objects, after the prefix of the run's scope. */
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

/**
 * All actions that a user policy of OVHcloud can name, by the scope in its list. The list has no actions for
 * versions.
 */
export const ovhUserPolicyActions = documented(
  {
    bucket: BUCKET_ACTIONS.map((action) => `s3:${action}`),
    object: OBJECT_ACTIONS.map((action) => `s3:${action}`),
  },
  "https://github.com/ovh/docs/blob/develop/pages/storage_and_backup/object_storage/s3_identity_and_access_management/guide.en-gb.md",
);
