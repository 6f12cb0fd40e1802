import type { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket/index.js";
import { S3BucketLoggingA } from "@cdktf/provider-aws/lib/s3-bucket-logging/index.js";
import { Fn, ref } from "cdktf";
import type { NamedBucket } from "../bucket/named-bucket.js";
import { isNamedBucket, isSealedBucket } from "../bucket/named-bucket.js";
import { type Fields, given, objectOf, text } from "../checked-props.js";
import { bucketArn } from "../policy/bucket-arn.js";
import type { ObjectStorageProvider } from "../storage/object-storage-provider.js";
import { type BucketParts, partOf } from "./bucket-parts.js";
import { attributeOf } from "./for-each.js";
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
  const ownName = literal(bucketName);
  const farArn = ownName === undefined ? undefined : bucketArn(ownName, storage);
  const sourceArn = isNear ? arnOf(bucket, target, storage) : farArn;
  const granted = isNamedBucket(target) ? grantLogDelivery(target, { source: scope, sourceArn, prefix }) : [];
  return new S3BucketLoggingA(scope, "access-logs", {
    ...partOf({ storage, bucket }),
    targetBucket: isNamedBucket(target) ? target.bucketName : String(target),
    targetPrefix: prefix,
    dependsOn: isNear ? granted : [],
  });
}

/** As a condition lists it: one policy for all buckets names each of them, one for each bucket its own. */
function arnOf(bucket: S3Bucket, target: NamedBucket, storage: ObjectStorageProvider): string | readonly string[] {
  const own = bucketArn(attributeOf(bucket, "bucket"), storage);
  if (bucket.forEach === undefined || !isSealedBucket(target) || target.encryption.forEach !== undefined) return own;
  const all = `values(${bucket.terraformResourceType}.${bucket.friendlyUniqueId})[*].bucket`;
  // Once in the policy's JSON this is several texts.
  return [Fn.join(Fn.rawString('","'), Fn.formatlist(bucketArn("%s", storage), [ref(all, bucket.cdktfStack)]))];
}
