import {
  GetBucketLifecycleConfigurationCommand,
  GetBucketPolicyCommand,
  GetBucketReplicationCommand,
  type S3Client,
  type ReplicationRule as SdkReplicationRule,
  type LifecycleRule as SdkRule,
} from "@aws-sdk/client-s3";
import type { LifecycleAction, LifecycleRule, ReplicationRule } from "../answers.js";
import type { ObjectStore } from "../object-store.js";
import { sendCommand } from "./send-command.js";

type RuleCalls = Pick<ObjectStore, "getBucketLifecycle" | "getBucketReplication" | "getBucketPolicy">;

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
