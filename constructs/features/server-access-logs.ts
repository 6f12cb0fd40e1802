import { S3BucketLoggingA } from "@cdktf/provider-aws/lib/s3-bucket-logging/index.js";
import { isNamedBucket } from "../bucket/kinds-of-bucket.js";
import type { NamedBucket } from "../bucket/named-bucket.js";
import { type Fields, given, objectOf, text } from "../checked-props.js";
import type { BucketParts } from "./bucket-parts.js";
import { grantLogDelivery } from "./grant-log-delivery.js";
import { inSameStack } from "./in-same-stack.js";
import { literal } from "./literal.js";

export interface ServerAccessLogs {
  /** Where to, in the same store and region. If this app declares it as an EncryptedBucket, it lets the store write there. */
  readonly bucket: NamedBucket;
  /**
   * What the keys of the logs begin with; give one where several buckets log to the same.
   * @default - nothing
   */
  readonly prefix?: string;
}

export interface ServerAccessLogsProps {
  /**
   * Has the store write a record of each request into another bucket.
   * @default - no logs
   */
  readonly serverAccessLogs?: ServerAccessLogs;
}

const serverAccessLogs = objectOf<ServerAccessLogs>({ bucket: given("an EncryptedBucket"), prefix: text().optional() });

export const serverAccessLogsFields = {
  serverAccessLogs: serverAccessLogs.optional(),
} satisfies Fields<ServerAccessLogsProps>;

export function declareServerAccessLogs(
  { scope, storage, bucket }: BucketParts,
  { serverAccessLogs, bucketName }: ServerAccessLogsProps & { readonly bucketName?: string },
): S3BucketLoggingA | undefined {
  if (serverAccessLogs === undefined) return undefined;
  const { bucket: target, prefix = "" } = serverAccessLogs;
  const isNear = isNamedBucket(target) && inSameStack(scope, target);
  // Two stacks that refer to each other cannot be deployed, so across stacks the name itself has to do.
  const sourceName = isNear ? bucket.bucket : literal(bucketName);
  const granted = isNamedBucket(target) ? grantLogDelivery(target, { source: scope, sourceName, prefix }) : [];
  return new S3BucketLoggingA(scope, "access-logs", {
    provider: storage.aws,
    bucket: bucket.id,
    targetBucket: isNamedBucket(target) ? target.bucketName : String(target),
    targetPrefix: prefix,
    dependsOn: isNear ? granted : [],
  });
}
