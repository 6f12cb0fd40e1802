import type { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket/index.js";
import { S3BucketLoggingA } from "@cdktf/provider-aws/lib/s3-bucket-logging/index.js";
import { Fn, ref } from "cdktf";
import {
  type DeclaredBucket,
  isEncryptedBucket,
  isNamedBucket,
  isSealedBucket,
  type NamedBucket,
} from "../bucket/named-bucket.js";
import { given, objectOf, text } from "../checked-props.js";
import { bucketArn } from "../policy/policy-statement.js";
import type { ObjectStorageProvider } from "../storage/object-storage-provider.js";
import { literal } from "../values.js";
import { defaultAlgorithm } from "./encryption-default.js";
import type { Feature } from "./feature.js";
import { attributeOf, type ForEachProps, inSameStack, instanceProblems, partOf } from "./for-each.js";
import { grantLogDelivery, logDeliveryPart } from "./log-delivery.js";
import { hasDefaultRetention } from "./object-lock.js";
import { supportProblems } from "./store-support.js";

export interface ServerAccessLogs {
  /**
   * The bucket that receives the logs, in the same store and region. If it is an EncryptedBucket of
   * this app, it allows the store to write there.
   */
  readonly bucket: NamedBucket;
  /**
   * The key prefix of the logs. Give one if several buckets log to the same bucket.
   * @default - none
   */
  readonly prefix?: string;
}

export interface ServerAccessLogsProps {
  /**
   * Makes the store write a record of each request into another bucket.
   * @default - no logs
   */
  readonly serverAccessLogs?: ServerAccessLogs;
}

const accessLogsForm = objectOf<ServerAccessLogs>({ bucket: given("an EncryptedBucket"), prefix: text().optional() });

type NamedProps = ServerAccessLogsProps & ForEachProps & { readonly bucketName?: string };

export const accessLogs: Feature<ServerAccessLogsProps, S3BucketLoggingA, NamedProps> = {
  fields: { serverAccessLogs: accessLogsForm.optional() },
  needs: { serverAccessLogs: "logging" },
  parts: [
    {
      id: "access-logs",
      type: "aws_s3_bucket_logging",
      inline: ["logging"],
      setting: "access logs",
      left: "leave serverAccessLogs out",
    },
    logDeliveryPart,
  ],
  problems: accessLogProblems,
  connect: declareServerAccessLogs,
};

function declareServerAccessLogs(
  { serverAccessLogs, bucketName }: NamedProps,
  logged: DeclaredBucket,
): S3BucketLoggingA | undefined {
  if (serverAccessLogs === undefined) return undefined;
  const { storage, bucket } = logged;
  const { bucket: target, prefix = "" } = serverAccessLogs;
  const isNear = isNamedBucket(target) && inSameStack(logged, target);
  // Two stacks that refer to each other cannot be deployed, so across stacks the literal name is
  // used.
  const ownName = literal(bucketName);
  const farArn = ownName === undefined ? undefined : bucketArn(ownName, storage);
  const sourceArn = isNear ? arnOf(bucket, target, storage) : farArn;
  const granted = isNamedBucket(target) ? grantLogDelivery(target, { source: logged, sourceArn, prefix }) : [];
  return new S3BucketLoggingA(logged, "access-logs", {
    ...partOf(logged),
    targetBucket: isNamedBucket(target) ? target.bucketName : String(target),
    targetPrefix: prefix,
    dependsOn: isNear ? granted : [],
  });
}

/**
 * The ARN for a policy condition: all instances of a source with `forEach`, or the one of the same
 * key if the target has `forEach` too.
 */
function arnOf(bucket: S3Bucket, target: NamedBucket, storage: ObjectStorageProvider): string | readonly string[] {
  const own = bucketArn(attributeOf(bucket, "bucket"), storage);
  if (bucket.forEach === undefined || !isSealedBucket(target) || target.encryption.forEach !== undefined) return own;
  const all = `values(${bucket.terraformResourceType}.${bucket.friendlyUniqueId})[*].bucket`;
  // In the policy's JSON this becomes several texts.
  return [Fn.join(Fn.rawString('","'), Fn.formatlist(bucketArn("%s", storage), [ref(all, bucket.cdktfStack)]))];
}

/** All problems that keep logs from arriving. */
function accessLogProblems(
  { serverAccessLogs, bucketName, forEach }: NamedProps,
  storage: ObjectStorageProvider,
  bucket: DeclaredBucket,
): string[] {
  if (serverAccessLogs === undefined) return [];
  const lacking = supportProblems("serverAccessLogs", "logging", storage);
  if (lacking.length > 0) return lacking;
  const target: unknown = serverAccessLogs.bucket;
  if (!isNamedBucket(target)) {
    return [
      `serverAccessLogs.bucket is ${JSON.stringify(target)}; give an EncryptedBucket, a BucketEncryption or EncryptedBucket.fromBucketName(...)`,
    ];
  }
  return [
    ...placeProblems(target, storage, literal(bucketName)),
    ...(isSealedBucket(target) ? instanceProblems("serverAccessLogs.bucket", forEach, target, bucket) : []),
    ...encryptionProblems(target),
    ...retentionProblems(target),
    ...denialProblems(target),
    ...stackProblems(target, bucket, literal(bucketName)),
  ];
}

function placeProblems(target: NamedBucket, storage: ObjectStorageProvider, ownName: string | undefined): string[] {
  const there = target.storage;
  if (there.store.id !== storage.store.id) {
    return [
      `serverAccessLogs cannot go from ${storage.store.name} to ${there.store.name}; log to a bucket of the same store`,
    ];
  }
  const [here, away] = [literal(storage.region), literal(there.region)];
  if (here !== undefined && away !== undefined && here !== away) {
    return [`serverAccessLogs cannot go from region ${here} to ${away}; log to a bucket of the same region`];
  }
  return ownName !== undefined && ownName === target.bucketName
    ? ["serverAccessLogs into the bucket itself would log its own logs without end; log to another bucket"]
    : [];
}

function encryptionProblems(target: NamedBucket): string[] {
  if (!isSealedBucket(target)) return [];
  const { name, accessLogs } = target.storage.store;
  const { value, source } = accessLogs.encryption;
  const algorithm = defaultAlgorithm(target);
  if (value === "none") {
    return [
      `serverAccessLogs cannot go to that bucket: ${name} writes logs only into a bucket without default encryption (${source}); leave it out, and keep the gateway's own logs`,
    ];
  }
  return value === "sse-s3" && algorithm !== "AES256"
    ? [
        `serverAccessLogs cannot go to a bucket under ${algorithm}: ${name} delivers none there (${source}); log to a bucket without a kmsKey`,
      ]
    : [];
}

function retentionProblems(target: NamedBucket): string[] {
  const { name, accessLogs } = target.storage.store;
  const { value, source } = accessLogs.retention;
  return value === "unsupported" && isEncryptedBucket(target) && hasDefaultRetention(target)
    ? [
        `serverAccessLogs cannot go to a bucket with a default retention: ${name} delivers none there (${source}); log to a bucket without one`,
      ]
    : [];
}

const HEADERLESS = "https://github.com/aws-quickstart/quickstart-compliance-common/issues/29";

function denialProblems(target: NamedBucket): string[] {
  if (!isEncryptedBucket(target)) return [];
  const { denyUnencryptedUploads, requireCustomerKeys } = target.props;
  const denial = (denyUnencryptedUploads && "denyUnencryptedUploads") || (requireCustomerKeys && "requireCustomerKeys");
  return denial
    ? [
        `serverAccessLogs cannot go to a bucket with ${denial}: logs come without such a header, and would be refused (${HEADERLESS}); log to a bucket without it`,
      ]
    : [];
}

function stackProblems(target: NamedBucket, bucket: DeclaredBucket, ownName: string | undefined): string[] {
  const needsName = target.storage.store.accessLogs.granted.value === "policy" && isEncryptedBucket(target);
  return needsName && ownName === undefined && !inSameStack(bucket, target)
    ? [
        "serverAccessLogs into a bucket of another stack needs a bucketName, since that bucket's policy has to name this one; give one, or declare both in one stack",
      ]
    : [];
}
