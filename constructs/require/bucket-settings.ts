import type { BUCKET_PARTS } from "../bucket/bucket-parts-by-id.js";

/** What one resource manages as a whole: a second one writes over it. */
export type Setting = Exclude<keyof typeof BUCKET_PARTS, "bucket">;

interface SettingWords {
  readonly name: string;
  /** How an EncryptedBucket gives the setting up; undefined if it never does. */
  readonly left: string | undefined;
}

export const SETTING_WORDS: Readonly<Record<Setting, SettingWords>> = {
  encryption: { name: "encryption default", left: undefined },
  versioning: { name: "versioning", left: "leave versioning, objectLock and defaultRetention out" },
  "object-lock": { name: "default retention", left: "leave defaultRetention out" },
  lifecycle: {
    name: "lifecycle rules",
    left: "give abortIncompleteMultipartUploadDays: false and no lifecycleRules",
  },
  cors: { name: "CORS rules", left: "leave cors out" },
  website: { name: "website", left: "leave website out" },
  policy: { name: "bucket policy", left: "add the statements with addToResourcePolicy" },
  "public-access": { name: "public access block", left: "give blockPublicAccess: false" },
  ownership: { name: "ownership controls", left: "give ownership: false" },
  "access-logs": { name: "access logs", left: "leave serverAccessLogs out" },
  "log-delivery": { name: "ACL", left: "have no bucket log to this one" },
  replication: { name: "replication", left: "leave replication out" },
};

/** The settings that a bucket's own arguments can carry, by resource type: the older way of the AWS provider, and that of OVHcloud's. */
export const OWN_ARGUMENTS: Readonly<Record<string, Readonly<Record<string, Setting>>>> = {
  aws_s3_bucket: {
    serverSideEncryptionConfiguration: "encryption",
    versioning: "versioning",
    objectLockConfiguration: "object-lock",
    lifecycleRule: "lifecycle",
    corsRule: "cors",
    website: "website",
    policy: "policy",
    logging: "access-logs",
    acl: "log-delivery",
    grant: "log-delivery",
    replicationConfiguration: "replication",
  },
  ovh_cloud_project_storage: { encryption: "encryption", versioning: "versioning", replication: "replication" },
};
