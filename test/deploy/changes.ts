import {
  DeleteBucketCorsCommand,
  DeleteBucketEncryptionCommand,
  DeleteBucketLifecycleCommand,
  DeleteBucketOwnershipControlsCommand,
  DeleteBucketPolicyCommand,
  DeleteBucketReplicationCommand,
  DeleteBucketTaggingCommand,
  DeleteBucketWebsiteCommand,
  DeletePublicAccessBlockCommand,
  GetBucketCorsCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketLoggingCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketReplicationCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetBucketWebsiteCommand,
  GetObjectLockConfigurationCommand,
  GetPublicAccessBlockCommand,
  PutBucketLoggingCommand,
  PutBucketVersioningCommand,
  PutObjectLockConfigurationCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import type { EncryptedBucket, EncryptedBucketProps } from "../../constructs/index.js";

/** Other buckets of the same stack, for properties that name one. */
export interface Neighbours {
  readonly logs: EncryptedBucket;
  readonly replicas: EncryptedBucket;
}

type Props = EncryptedBucketProps | ((near: Neighbours) => EncryptedBucketProps);

/** By the type of the part and its path of constructs. */
type Plan = Readonly<Record<string, "create" | "update" | "delete">>;

/** A bucket that is deployed with some properties, deployed again with others, meddled with by hand, and deployed without them. */
export interface PropertyChange {
  /** The id of the construct. */
  readonly id: string;
  readonly before: Props;
  readonly after: Props;
  /** The properties that stay if they are left out, since they are chosen once and for all. */
  readonly keeps?: EncryptedBucketProps;
  /** Terraform's actions to get from `before` to `after`. */
  readonly plan: Plan;
  /** Its actions if the properties are left out then. */
  readonly leftOut: Plan;
  /** The settings according to the bucket itself. */
  readonly read: (s3: S3Client, bucket: string) => Promise<unknown>;
  readonly finds: { readonly before: unknown; readonly after: unknown };
  /** Takes back by hand what the properties set. */
  readonly undo: (s3: S3Client, bucket: string) => Promise<unknown>;
}

/** The code of the error in place of a rejection, for what a bucket does not have. */
export function orCode<T>(reading: Promise<T>): Promise<T | string> {
  return reading.catch((error: Error) => error.name);
}

/** How a bucket encrypts objects whose request asks for no encryption. */
export function defaultEncryption(s3: S3Client, Bucket: string): Promise<unknown> {
  return orCode(
    s3.send(new GetBucketEncryptionCommand({ Bucket })).then(({ ServerSideEncryptionConfiguration: found }) => {
      const rule = found?.Rules?.[0];
      return { ...rule?.ApplyServerSideEncryptionByDefault, BucketKeyEnabled: rule?.BucketKeyEnabled === true };
    }),
  );
}

export function removeDefault(s3: S3Client, Bucket: string): Promise<unknown> {
  return s3.send(new DeleteBucketEncryptionCommand({ Bucket }));
}

const PART = "aws_s3_bucket_logging.logged_access-logs";

/** The store is let into the other bucket by an ACL, or on Amazon S3 by a policy that names the prefix. */
function accessLogs(letIn: { readonly plan: Plan; readonly leftOut: Plan }): PropertyChange {
  return {
    id: "logged",
    before: ({ logs }) => ({ serverAccessLogs: { bucket: logs, prefix: "old/" } }),
    after: ({ logs }) => ({ serverAccessLogs: { bucket: logs, prefix: "new/" } }),
    plan: { [PART]: "update", ...letIn.plan },
    leftOut: { [PART]: "delete", ...letIn.leftOut },
    read: async (s3, Bucket) => {
      const { LoggingEnabled: found } = await s3.send(new GetBucketLoggingCommand({ Bucket }));
      return [found?.TargetBucket, found?.TargetPrefix];
    },
    finds: { before: ["acme-life-logs", "old/"], after: ["acme-life-logs", "new/"] },
    undo: (s3, Bucket) => s3.send(new PutBucketLoggingCommand({ Bucket, BucketLoggingStatus: {} })),
  };
}

const rule = (AllowedOrigins: string[]) => ({ AllowedMethods: ["GET"], AllowedOrigins, MaxAgeSeconds: 600 });

const cors: PropertyChange = {
  id: "shared",
  before: { cors: [{ allowedMethods: ["GET"], allowedOrigins: ["https://old.example"], maxAgeSeconds: 600 }] },
  after: { cors: [{ allowedMethods: ["GET"], allowedOrigins: ["https://new.example"], maxAgeSeconds: 600 }] },
  plan: { "aws_s3_bucket_cors_configuration.shared_cors": "update" },
  leftOut: { "aws_s3_bucket_cors_configuration.shared_cors": "delete" },
  read: (s3, Bucket) => orCode(s3.send(new GetBucketCorsCommand({ Bucket })).then(({ CORSRules }) => CORSRules)),
  finds: { before: [rule(["https://old.example"])], after: [rule(["https://new.example"])] },
  undo: (s3, Bucket) => s3.send(new DeleteBucketCorsCommand({ Bucket })),
};

const kmsKey = "arn:aws:kms:eu-west-3:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

const kmsKeys: PropertyChange = {
  id: "keyed",
  before: {},
  after: { kmsKey },
  plan: { "aws_s3_bucket_server_side_encryption_configuration.keyed_encryption": "update" },
  leftOut: { "aws_s3_bucket_server_side_encryption_configuration.keyed_encryption": "update" },
  read: defaultEncryption,
  finds: {
    before: { SSEAlgorithm: "AES256", BucketKeyEnabled: false },
    after: { SSEAlgorithm: "aws:kms", KMSMasterKeyID: kmsKey, BucketKeyEnabled: true },
  },
  undo: removeDefault,
};

const abortIncompleteMultipartUploadDays = 7;
const ABORT = ["abort-incomplete-multipart-uploads", undefined, undefined, 7];

/** Rules are a resource of their own on Amazon S3. Elsewhere they belong to the bucket, and rules that are left out stay in effect. */
function lifecycle(part: string, leftOut: Plan): PropertyChange {
  return {
    id: "aged",
    before: {
      abortIncompleteMultipartUploadDays,
      lifecycleRules: [{ id: "drafts", prefix: "drafts/", expirationDays: 30 }],
    },
    after: {
      abortIncompleteMultipartUploadDays,
      lifecycleRules: [{ id: "drafts", prefix: "drafts/", expirationDays: 60 }],
    },
    plan: { [part]: "update" },
    leftOut,
    read: (s3, Bucket) =>
      orCode(
        s3
          .send(new GetBucketLifecycleConfigurationCommand({ Bucket }))
          .then(({ Rules = [] }) =>
            Rules.toSorted((one, other) => (String(one.ID) < String(other.ID) ? -1 : 1)).map(
              ({ ID, Filter, Expiration, AbortIncompleteMultipartUpload: abort }) => [
                ID,
                Filter?.Prefix || undefined,
                Expiration?.Days,
                abort?.DaysAfterInitiation,
              ],
            ),
          ),
      ),
    finds: {
      before: [ABORT, ["drafts", "drafts/", 30, undefined]],
      after: [ABORT, ["drafts", "drafts/", 60, undefined]],
    },
    undo: (s3, Bucket) => s3.send(new DeleteBucketLifecycleCommand({ Bucket })),
  };
}

const defaultRetention: PropertyChange = {
  id: "locked",
  before: { defaultRetention: { mode: "governance", days: 1 } },
  after: { defaultRetention: { mode: "governance", days: 2 } },
  // A bucket without Object Lock would be another bucket.
  keeps: { objectLock: true },
  plan: { "aws_s3_bucket_object_lock_configuration.locked_object-lock": "update" },
  leftOut: { "aws_s3_bucket_object_lock_configuration.locked_object-lock": "delete" },
  read: async (s3, Bucket) => {
    const { ObjectLockConfiguration: found } = await s3.send(new GetObjectLockConfigurationCommand({ Bucket }));
    const rule = found?.Rule?.DefaultRetention;
    return [found?.ObjectLockEnabled, rule?.Mode, rule?.Days];
  },
  finds: {
    before: ["Enabled", "GOVERNANCE", 1],
    after: ["Enabled", "GOVERNANCE", 2],
  },
  undo: (s3, Bucket) =>
    s3.send(
      new PutObjectLockConfigurationCommand({ Bucket, ObjectLockConfiguration: { ObjectLockEnabled: "Enabled" } }),
    ),
};

const ownership: PropertyChange = {
  id: "owned",
  before: { ownership: "ObjectWriter" },
  after: { ownership: "BucketOwnerPreferred" },
  plan: { "aws_s3_bucket_ownership_controls.owned_ownership": "update" },
  leftOut: { "aws_s3_bucket_ownership_controls.owned_ownership": "update" },
  read: (s3, Bucket) =>
    orCode(
      s3
        .send(new GetBucketOwnershipControlsCommand({ Bucket }))
        .then(({ OwnershipControls: found }) => found?.Rules?.[0]?.ObjectOwnership),
    ),
  finds: { before: "ObjectWriter", after: "BucketOwnerPreferred" },
  undo: (s3, Bucket) => s3.send(new DeleteBucketOwnershipControlsCommand({ Bucket })),
};

interface Policy {
  readonly Statement: readonly { readonly Sid: string }[];
}

const policy: PropertyChange = {
  id: "guarded",
  before: { denyCustomerKeys: true },
  after: { enforceTls: true, minimumTlsVersion: "1.2", denyUnencryptedUploads: true },
  plan: { "aws_s3_bucket_policy.guarded_policy": "update" },
  leftOut: { "aws_s3_bucket_policy.guarded_policy": "delete" },
  read: (s3, Bucket) =>
    orCode(
      s3.send(new GetBucketPolicyCommand({ Bucket })).then(({ Policy: text = "" }) => {
        const { Statement } = JSON.parse(text) as Policy;
        return Statement.map(({ Sid }) => Sid);
      }),
    ),
  finds: {
    before: ["DenyCustomerKeys"],
    after: ["DenyWithoutTls", "DenyOldTls", "DenyUploadsWithoutEncryption", "DenyOtherEncryption"],
  },
  undo: (s3, Bucket) => s3.send(new DeleteBucketPolicyCommand({ Bucket })),
};

const allOn = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };

const publicAccess: PropertyChange = {
  id: "closed",
  before: { blockPublicAccess: { restrictPublicBuckets: false } },
  after: {},
  plan: { "aws_s3_bucket_public_access_block.closed_public-access": "update" },
  leftOut: {},
  read: (s3, Bucket) =>
    orCode(
      s3.send(new GetPublicAccessBlockCommand({ Bucket })).then(({ PublicAccessBlockConfiguration: found }) => found),
    ),
  finds: { before: { ...allOn, RestrictPublicBuckets: false }, after: allOn },
  undo: (s3, Bucket) => s3.send(new DeletePublicAccessBlockCommand({ Bucket })),
};

/** Amazon S3 replicates with a role, others by themselves. */
function replication(role?: string): PropertyChange {
  const to = (prefix: string) => ({ prefix, ...(role === undefined ? {} : { role }) });
  return {
    id: "copied",
    before: ({ replicas }) => ({ versioning: "enabled", replication: { destination: replicas, ...to("old/") } }),
    after: ({ replicas }) => ({ versioning: "enabled", replication: { destination: replicas, ...to("new/") } }),
    // Suspending what is replicated from is refused.
    keeps: { versioning: "enabled" },
    plan: { "aws_s3_bucket_replication_configuration.copied_replication": "update" },
    leftOut: { "aws_s3_bucket_replication_configuration.copied_replication": "delete" },
    read: (s3, Bucket) =>
      orCode(
        s3.send(new GetBucketReplicationCommand({ Bucket })).then(({ ReplicationConfiguration: found }) => {
          const [rule] = found?.Rules ?? [];
          return [rule?.Status, rule?.Filter?.Prefix, rule?.Destination?.Bucket];
        }),
      ),
    finds: {
      before: ["Enabled", "old/", "arn:aws:s3:::acme-life-replicas"],
      after: ["Enabled", "new/", "arn:aws:s3:::acme-life-replicas"],
    },
    undo: (s3, Bucket) => s3.send(new DeleteBucketReplicationCommand({ Bucket })),
  };
}

const tags: PropertyChange = {
  id: "tagged",
  before: { tags: { team: "finance", year: "2025" } },
  after: { tags: { team: "finance", stage: "live" } },
  plan: { "aws_s3_bucket.tagged_bucket": "update" },
  leftOut: { "aws_s3_bucket.tagged_bucket": "update" },
  read: (s3, Bucket) =>
    orCode(
      s3
        .send(new GetBucketTaggingCommand({ Bucket }))
        .then(({ TagSet = [] }) => Object.fromEntries(TagSet.map(({ Key, Value }) => [Key, Value]))),
    ),
  finds: { before: { team: "finance", year: "2025" }, after: { team: "finance", stage: "live" } },
  undo: (s3, Bucket) => s3.send(new DeleteBucketTaggingCommand({ Bucket })),
};

const versioning: PropertyChange = {
  id: "versioned",
  before: { versioning: "suspended" },
  after: { versioning: "enabled" },
  plan: { "aws_s3_bucket_versioning.versioned_versioning": "update" },
  leftOut: { "aws_s3_bucket_versioning.versioned_versioning": "delete" },
  read: async (s3, Bucket) => (await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status,
  finds: { before: "Suspended", after: "Enabled" },
  undo: (s3, Bucket) =>
    s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Suspended" } })),
};

const website: PropertyChange = {
  id: "served",
  before: { website: { indexDocument: "index.html" } },
  after: { website: { indexDocument: "start.html", errorDocument: "404.html" } },
  plan: { "aws_s3_bucket_website_configuration.served_website": "update" },
  leftOut: { "aws_s3_bucket_website_configuration.served_website": "delete" },
  read: (s3, Bucket) =>
    orCode(
      s3
        .send(new GetBucketWebsiteCommand({ Bucket }))
        .then(({ IndexDocument, ErrorDocument }) => [IndexDocument?.Suffix, ErrorDocument?.Key]),
    ),
  finds: { before: ["index.html", undefined], after: ["start.html", "404.html"] },
  undo: (s3, Bucket) => s3.send(new DeleteBucketWebsiteCommand({ Bucket })),
};

const anywhere = [versioning, tags, cors, website, defaultRetention];

export const onOvhcloud: readonly PropertyChange[] = [
  ...anywhere,
  lifecycle("aws_s3_bucket.aged_bucket", {}),
  accessLogs({ plan: {}, leftOut: { "aws_s3_bucket_acl.logs_log-delivery": "delete" } }),
  replication(),
];

const RULES = "aws_s3_bucket_lifecycle_configuration.aged_lifecycle";
const LOG_POLICY = "aws_s3_bucket_policy.logs_policy";

export const onAws: readonly PropertyChange[] = [
  ...anywhere,
  lifecycle(RULES, { [RULES]: "update" }),
  accessLogs({ plan: { [LOG_POLICY]: "update" }, leftOut: { [LOG_POLICY]: "delete" } }),
  replication("arn:aws:iam::111122223333:role/replication"),
  policy,
  publicAccess,
  ownership,
  kmsKeys,
];
