import { GetBucketLoggingCommand, PutBucketLoggingCommand } from "@aws-sdk/client-s3";
import type { Plan, PropertyChange } from "./property-change.js";

const PART = "aws_s3_bucket_logging.logged_access-logs";

/** The store is let into the other bucket by an ACL, or on Amazon S3 by a policy that names the prefix. */
export function accessLogs(letIn: { readonly plan: Plan; readonly leftOut: Plan }): PropertyChange {
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
