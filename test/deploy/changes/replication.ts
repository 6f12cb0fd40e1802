import { DeleteBucketReplicationCommand, GetBucketReplicationCommand } from "@aws-sdk/client-s3";
import { orCode, type PropertyChange } from "./property-change.js";

/** Amazon S3 replicates with a role, others by themselves. */
export function replication(role?: string): PropertyChange {
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
