import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity/index.js";
import { S3BucketAcl } from "@cdktf/provider-aws/lib/s3-bucket-acl/index.js";
import { Annotations, type ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { type DeclaredBucket, isEncryptedBucket, type NamedBucket } from "../bucket/named-bucket.js";
import { bucketArn, type PolicyStatement } from "../policy/policy-statement.js";
import { literal } from "../values.js";
import type { BucketPart } from "./feature.js";
import { partOf } from "./for-each.js";

export const logDeliveryPart: BucketPart = {
  id: "log-delivery",
  type: "aws_s3_bucket_acl",
  inline: ["acl", "grant"],
  setting: "ACL",
  left: "have no bucket log to this one",
};

/** Which bucket sends logs, and under which key prefix. */
export interface LogDelivery {
  readonly source: Construct;
  /** Undefined if the ARN would be a reference from one stack to another. */
  readonly sourceArn: string | readonly string[] | undefined;
  readonly prefix: string;
}

/**
 * Allows the store to write logs into `target`, in the form that the store requires, and returns
 * what logging has to depend on. If this app does not declare the target, it tells the user what to
 * do instead.
 */
export function grantLogDelivery(target: NamedBucket, delivery: LogDelivery): ITerraformDependable[] {
  const { granted } = target.storage.store.accessLogs;
  if (granted.value === "undocumented") return [];
  if (!isEncryptedBucket(target)) {
    const name = literal(target.bucketName);
    Annotations.of(delivery.source).addInfo(
      `serverAccessLogs: logs arrive in ${name === undefined ? "that bucket" : `"${name}"`} only if ${BY_HAND[granted.value]} (${granted.source})`,
    );
    return [];
  }
  return granted.value === "acl" ? [aclOf(target)] : byPolicy(target, delivery);
}

const BY_HAND = {
  acl: "its ACL lets the log delivery group write: aws s3api put-bucket-acl --acl log-delivery-write",
  policy: "its policy allows logging.s3.amazonaws.com to s3:PutObject",
} as const;

// The canned ACL keeps the owner's rights, which single grants would remove.
function aclOf(target: DeclaredBucket): S3BucketAcl {
  const present = target.node.tryFindChild("log-delivery");
  if (present !== undefined) return present as S3BucketAcl;
  return new S3BucketAcl(target, "log-delivery", {
    ...partOf(target),
    acl: "log-delivery-write",
  });
}

function byPolicy(target: DeclaredBucket, { sourceArn, prefix }: LogDelivery): ITerraformDependable[] {
  if (sourceArn === undefined) return [];
  const { storage } = target;
  const account = accountOf(target);
  const statement: PolicyStatement = {
    effect: "Allow",
    principals: { Service: "logging.s3.amazonaws.com" },
    actions: ["s3:PutObject"],
    resources: [`${bucketArn(target.bucketName, storage)}/${prefix}*`],
    conditions: {
      ArnLike: { "aws:SourceArn": sourceArn },
      ...(account === undefined ? {} : { StringEquals: { "aws:SourceAccount": account } }),
    },
  };
  target.addToResourcePolicy(statement);
  return target.policy === undefined ? [] : [target.policy];
}

// Other stores, and servers that stand in for Amazon S3, have no account to ask for.
function accountOf(target: DeclaredBucket): string | undefined {
  const { aws, store } = target.storage;
  if (store.id !== "aws" || aws.skipRequestingAccountIdInput === true) return undefined;
  const present = target.node.tryFindChild("account") as DataAwsCallerIdentity | undefined;
  return (present ?? new DataAwsCallerIdentity(target, "account", { provider: aws })).accountId;
}
