import type { IConstruct } from "constructs";
import type { NamedBucket } from "../bucket/named-bucket.js";
import { isEncryptedBucket, isNamedBucket, isSealedBucket } from "../bucket/named-bucket.js";
import type { ObjectStorageProvider } from "../storage/object-storage-provider.js";
import { defaultAlgorithm } from "./default-algorithm.js";
import { type ForEachProps, instanceProblems } from "./for-each.js";
import { hasDefaultRetention } from "./has-default-retention.js";
import { inSameStack } from "./in-same-stack.js";
import { literal } from "./literal.js";
import type { ServerAccessLogsProps } from "./server-access-logs.js";
import { supportProblems } from "./support-problems.js";

/** What keeps the logs from arriving. */
export function accessLogProblems(
  { serverAccessLogs, bucketName, forEach }: ServerAccessLogsProps & ForEachProps & { readonly bucketName?: string },
  storage: ObjectStorageProvider,
  scope: IConstruct,
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
    ...(isSealedBucket(target) ? instanceProblems("serverAccessLogs.bucket", forEach, target, scope) : []),
    ...encryptionProblems(target),
    ...retentionProblems(target),
    ...denialProblems(target),
    ...stackProblems(target, scope, literal(bucketName)),
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

function stackProblems(target: NamedBucket, scope: IConstruct, ownName: string | undefined): string[] {
  const needsName = target.storage.store.accessLogs.granted.value === "policy" && isEncryptedBucket(target);
  return needsName && ownName === undefined && !inSameStack(scope, target)
    ? [
        "serverAccessLogs into a bucket of another stack needs a bucketName, since that bucket's policy has to name this one; give one, or declare both in one stack",
      ]
    : [];
}
