import type { TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { EncryptedBucket, type EncryptedBucketProps, type ObjectStorageProvider } from "../../../constructs/index.js";
import { type AskedProps, REPLICA_KEY } from "./asked-props.js";

/** Declares a bucket for each set of properties, with one that they log to and one that they replicate to. */
export function declareBuckets(
  stack: TerraformStack,
  storage: ObjectStorageProvider,
  all: readonly AskedProps[],
): void {
  const isAmazon = storage.store.id === "aws";
  const scope = new Construct(stack, `buckets-${storage.store.id}`);
  const logs = new EncryptedBucket(scope, "logs", { storage });
  const backup = new EncryptedBucket(scope, "backup", {
    storage,
    versioning: "enabled",
    ...(isAmazon ? { kmsKey: REPLICA_KEY } : {}),
  });
  for (const [index, { serverAccessLogs, replication, ...asked }] of all.entries()) {
    const props: EncryptedBucketProps = {
      ...asked,
      storage,
      ...(serverAccessLogs === undefined ? {} : { serverAccessLogs: { ...serverAccessLogs, bucket: logs } }),
      ...(replication === undefined
        ? {}
        : { replication: { ...(isAmazon ? { role: ROLE } : {}), ...replication, destination: backup } }),
    };
    new EncryptedBucket(scope, `bucket-${index}`, props);
  }
}

const ROLE = "arn:aws:iam::123456789012:role/replication";
