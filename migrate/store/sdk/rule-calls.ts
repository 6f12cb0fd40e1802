import {
  GetBucketLifecycleConfigurationCommand,
  GetBucketPolicyCommand,
  GetBucketReplicationCommand,
  type S3Client,
  type ReplicationRule as SdkReplicationRule,
} from "@aws-sdk/client-s3";
import type { ReplicationRule } from "../bucket-rules.js";
import type { ObjectStore } from "../object-store.js";
import { toLifecycleRule } from "./lifecycle-rules.js";
import { sendCommand } from "./send-command.js";

type RuleCalls = Pick<ObjectStore, "getBucketLifecycle" | "getBucketReplication" | "getBucketPolicy">;

/** What others have laid down for a bucket. */
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
