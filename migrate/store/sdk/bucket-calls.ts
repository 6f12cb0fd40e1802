import {
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketReplicationCommand,
  GetBucketVersioningCommand,
  GetObjectLegalHoldCommand,
  GetObjectLockConfigurationCommand,
  GetObjectRetentionCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  type ObjectLockRetentionMode,
  PutBucketEncryptionCommand,
  PutObjectLegalHoldCommand,
  PutObjectRetentionCommand,
  type S3Client,
  type ReplicationRule as SdkReplicationRule,
  type LifecycleRule as SdkRule,
  type ServerSideEncryptionRule,
} from "@aws-sdk/client-s3";
import type { LifecycleAction, LifecycleRule, ReplicationRule } from "../answers.js";
import type {
  BucketInput,
  BucketList,
  ListBucketsInput,
  ObjectInput,
  ObjectStore,
  PutBucketEncryptionInput,
} from "../object-store.js";
import { walkPages } from "../page-walk.js";
import { namedRegion, StoreError } from "../store-error.js";
import { sendCommand } from "./send-command.js";

type BucketCalls = Pick<
  ObjectStore,
  | "listBuckets"
  | "getBucketRegion"
  | "getBucketEncryption"
  | "putBucketEncryption"
  | "getBucketVersioning"
  | "getObjectLockConfiguration"
>;

export function bucketCalls(client: S3Client): BucketCalls {
  return {
    listBuckets: (input) => listBuckets(client, input),
    getBucketRegion: (input) => getBucketRegion(client, input),
    getBucketEncryption: (input) => getBucketEncryption(client, input),
    putBucketEncryption: (input) => putBucketEncryption(client, input),
    getBucketVersioning: async ({ bucket }) => {
      const command = new GetBucketVersioningCommand({ Bucket: bucket });
      return (await sendCommand(client, "getBucketVersioning", command)).output.Status ?? null;
    },
    getObjectLockConfiguration: async ({ bucket }) => {
      const command = new GetObjectLockConfigurationCommand({ Bucket: bucket });
      const { output } = await sendCommand(client, "getObjectLockConfiguration", command);
      const configuration = output.ObjectLockConfiguration;
      return {
        enabled: configuration?.ObjectLockEnabled === "Enabled",
        locksByDefault: configuration?.Rule?.DefaultRetention !== undefined,
      };
    },
  };
}

async function listBuckets(client: S3Client, { signal }: ListBucketsInput): Promise<BucketList> {
  const names: string[] = [];
  let owner: BucketList["owner"] = null;
  const fetch = async (token: string | null) => {
    const command = new ListBucketsCommand({ ContinuationToken: token ?? undefined });
    const { output } = await sendCommand(client, "listBuckets", command);
    const { ID: id, DisplayName: displayName = null } = output.Owner ?? {};
    if (id !== undefined) owner = { id, displayName };
    const entries = (output.Buckets ?? []).flatMap(({ Name }) => Name ?? []);
    return { entries, next: output.ContinuationToken || null };
  };
  for await (const page of walkPages({ operation: "listBuckets", fetch, nameOf: (name) => name, signal })) {
    names.push(...page);
  }
  return { names, owner };
}

async function getBucketRegion(client: S3Client, { bucket }: BucketInput): Promise<string | null> {
  try {
    const { headers } = await sendCommand(client, "getBucketRegion", new HeadBucketCommand({ Bucket: bucket }));
    return namedRegion("other", headers, undefined).region ?? null;
  } catch (error) {
    const region = error instanceof StoreError ? error.facts.region : undefined;
    if (region === undefined) throw error;
    return region;
  }
}

async function getBucketEncryption(client: S3Client, { bucket }: BucketInput): Promise<readonly string[]> {
  const command = new GetBucketEncryptionCommand({ Bucket: bucket });
  const { output } = await sendCommand(client, "getBucketEncryption", command);
  const rules = output.ServerSideEncryptionConfiguration?.Rules ?? [];
  return rules.flatMap((rule) => rule.ApplyServerSideEncryptionByDefault?.SSEAlgorithm ?? []);
}

async function putBucketEncryption(client: S3Client, { bucket, kmsKey }: PutBucketEncryptionInput): Promise<void> {
  const rule: ServerSideEncryptionRule =
    kmsKey === undefined
      ? { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } }
      : {
          ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms", KMSMasterKeyID: kmsKey.given },
          BucketKeyEnabled: kmsKey.bucketKey,
        };
  const command = new PutBucketEncryptionCommand({
    Bucket: bucket,
    ServerSideEncryptionConfiguration: { Rules: [rule] },
  });
  await sendCommand(client, "putBucketEncryption", command);
}

type LockCalls = Pick<
  ObjectStore,
  "getObjectRetention" | "getObjectLegalHold" | "putObjectRetention" | "putObjectLegalHold"
>;

export function lockCalls(client: S3Client): LockCalls {
  return {
    getObjectRetention: async (input) => {
      await sendCommand(client, "getObjectRetention", new GetObjectRetentionCommand(addressOf(input)));
    },
    getObjectLegalHold: async (input) => {
      await sendCommand(client, "getObjectLegalHold", new GetObjectLegalHoldCommand(addressOf(input)));
    },
    putObjectRetention: async ({ retention, ...input }) => {
      const Retention = retention === null ? {} : retentionOf(retention);
      const command = new PutObjectRetentionCommand({ ...addressOf(input), Retention });
      await sendCommand(client, "putObjectRetention", command);
    },
    putObjectLegalHold: async (input) => {
      const command = new PutObjectLegalHoldCommand({ ...addressOf(input), LegalHold: { Status: "ON" } });
      await sendCommand(client, "putObjectLegalHold", command);
    },
  };
}

function addressOf({ bucket, key, versionId }: ObjectInput) {
  return { Bucket: bucket, Key: key, VersionId: versionId };
}

function retentionOf({ mode, retainUntil }: { readonly mode: string; readonly retainUntil: string }) {
  return { Mode: mode as ObjectLockRetentionMode, RetainUntilDate: new Date(retainUntil) };
}

type RuleCalls = Pick<
  ObjectStore,
  "getBucketLifecycle" | "getBucketReplication" | "getBucketOwnership" | "getBucketPolicy"
>;

/** Reads the rules that others configured for a bucket. */
export function ruleCalls(client: S3Client): RuleCalls {
  return {
    getBucketLifecycle: async ({ bucket }) => {
      const command = new GetBucketLifecycleConfigurationCommand({ Bucket: bucket });
      const { output } = await sendCommand(client, "getBucketLifecycle", command);
      return (output.Rules ?? []).map(toLifecycleRule);
    },
    getBucketReplication: async ({ bucket }) => {
      const command = new GetBucketReplicationCommand({ Bucket: bucket });
      const { output } = await sendCommand(client, "getBucketReplication", command);
      return (output.ReplicationConfiguration?.Rules ?? []).map(toReplicationRule);
    },
    getBucketOwnership: async ({ bucket }) => {
      const command = new GetBucketOwnershipControlsCommand({ Bucket: bucket });
      const { output } = await sendCommand(client, "getBucketOwnership", command);
      return output.OwnershipControls?.Rules?.[0]?.ObjectOwnership ?? "";
    },
    getBucketPolicy: async ({ bucket }) => {
      const command = new GetBucketPolicyCommand({ Bucket: bucket });
      return (await sendCommand(client, "getBucketPolicy", command)).output.Policy ?? "";
    },
  };
}

function toReplicationRule(rule: SdkReplicationRule): ReplicationRule {
  const { Prefix: prefix, And: and, Tag: tag } = rule.Filter ?? {};
  return {
    id: rule.ID ?? null,
    enabled: rule.Status === "Enabled",
    prefix: prefix ?? and?.Prefix ?? rule.Prefix ?? "",
    isNarrower: and !== undefined || tag !== undefined,
    destination: rule.Destination?.Bucket ?? null,
  };
}

function toLifecycleRule(rule: SdkRule): LifecycleRule {
  const { And: and, Tag: tag, ObjectSizeGreaterThan: above, ObjectSizeLessThan: below } = rule.Filter ?? {};
  return {
    id: rule.ID ?? null,
    enabled: rule.Status === "Enabled",
    prefix: rule.Filter?.Prefix ?? and?.Prefix ?? rule.Prefix ?? "",
    isNarrower: [and, tag, above, below].some((condition) => condition !== undefined),
    actions: actionsOf(rule),
  };
}

function actionsOf(rule: SdkRule): LifecycleAction[] {
  const {
    Expiration: expiration,
    NoncurrentVersionExpiration: noncurrent,
    AbortIncompleteMultipartUpload: abort,
  } = rule;
  const expires = expiration?.Days !== undefined || expiration?.Date !== undefined;
  return [
    ...(expires ? [action("expires", { days: expiration.Days, date: expiration.Date })] : []),
    ...(expiration?.ExpiredObjectDeleteMarker ? [action("removes-lone-delete-markers", {})] : []),
    ...(rule.Transitions ?? []).map(({ Days, Date: date, StorageClass }) =>
      action("moves", { days: Days, date, storageClass: StorageClass }),
    ),
    ...(noncurrent === undefined ? [] : [action("removes-noncurrent", { days: noncurrent.NoncurrentDays })]),
    ...(rule.NoncurrentVersionTransitions ?? []).map(({ NoncurrentDays, StorageClass }) =>
      action("moves-noncurrent", { days: NoncurrentDays, storageClass: StorageClass }),
    ),
    ...(abort === undefined ? [] : [action("aborts-uploads", { days: abort.DaysAfterInitiation })]),
  ];
}

interface When {
  readonly days?: number | undefined;
  readonly date?: Date | undefined;
  readonly storageClass?: string | undefined;
}

function action(kind: LifecycleAction["kind"], { days, date, storageClass }: When): LifecycleAction {
  return { kind, days: days ?? null, date: date?.toISOString() ?? null, storageClass: storageClass ?? null };
}
