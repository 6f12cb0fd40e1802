import { S3BucketObjectLockConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-object-lock-configuration/index.js";
import { TerraformStack, TerraformVariable, Testing } from "cdktf";
import { describe, expect, it } from "vitest";
import {
  BucketEncryption,
  EncryptedBucket,
  type EncryptedBucketProps,
  ObjectStorageProvider,
} from "../../../constructs/index.js";
import type { ProviderId } from "../../../providers/index.js";
import { expression, infosOf, policyOf, resourcesOf, stackOn, synth } from "../synth.js";

/** A bucket that logs into another one of the same stack. */
function logging(provider: ProviderId, target: EncryptedBucketProps = {}, source: EncryptedBucketProps = {}) {
  const { stack, storage } = stackOn(provider);
  const logs = new EncryptedBucket(stack, "logs", target);
  const invoices = new EncryptedBucket(stack, "invoices", {
    serverAccessLogs: { bucket: logs, prefix: "invoices/" },
    ...source,
  });
  return { stack, storage, logs, invoices };
}

const nameOf = ({ bucket }: EncryptedBucket) => expression(`aws_s3_bucket.${bucket.friendlyUniqueId}.bucket`);

describe("serverAccessLogs", () => {
  it("name the target bucket and the prefix", () => {
    const { stack, logs, invoices } = logging("ovhcloud");
    expect(resourcesOf(synth(stack), "aws_s3_bucket_logging")).toMatchObject([
      {
        bucket: expression(`aws_s3_bucket.${invoices.bucket.friendlyUniqueId}.id`),
        target_bucket: nameOf(logs),
        target_prefix: "invoices/",
      },
    ]);
    expect(invoices.accessLogs?.friendlyUniqueId).toBe("invoices_access-logs_E1AFFFBF");
  });

  it("have no prefix by default", () => {
    const { stack, logs } = logging("ovhcloud");
    new EncryptedBucket(stack, "exports", { serverAccessLogs: { bucket: logs } });
    const prefixes = resourcesOf(synth(stack), "aws_s3_bucket_logging").map(({ target_prefix }) => target_prefix);
    expect(prefixes.sort()).toEqual(["", "invoices/"]);
  });

  it("are allowed on Amazon S3 by the target's policy, only from this bucket and account, before logging starts", () => {
    const { stack, logs, invoices } = logging("aws");
    const synthesised = synth(stack);
    expect(policyOf(synthesised).Statement).toEqual([
      {
        Effect: "Allow",
        Principal: { Service: "logging.s3.amazonaws.com" },
        Action: "s3:PutObject",
        Resource: `arn:aws:s3:::${nameOf(logs)}/invoices/*`,
        Condition: {
          ArnLike: { "aws:SourceArn": `arn:aws:s3:::${nameOf(invoices)}` },
          StringEquals: {
            "aws:SourceAccount": expression("data.aws_caller_identity.logs_account_9C94A789.account_id"),
          },
        },
      },
    ]);
    expect(resourcesOf(synthesised, "aws_s3_bucket_logging")).toMatchObject([
      { depends_on: [`aws_s3_bucket_policy.${logs.policy?.friendlyUniqueId}`] },
    ]);
  });

  it("need no account ID if a server stands in for Amazon S3", () => {
    const { stack } = stackOn("aws", { endpoint: "http://127.0.0.1:9000" });
    const logs = new EncryptedBucket(stack, "logs");
    new EncryptedBucket(stack, "invoices", { serverAccessLogs: { bucket: logs } });
    const synthesised = synth(stack);
    expect(synthesised.text).not.toContain("aws_caller_identity");
    expect(policyOf(synthesised).Statement[0]?.Condition).not.toHaveProperty("StringEquals");
  });

  it("of several buckets share one account and one policy", () => {
    const { stack, logs } = logging("aws");
    new EncryptedBucket(stack, "exports", { serverAccessLogs: { bucket: logs, prefix: "exports/" } });
    const synthesised = synth(stack);
    expect(policyOf(synthesised).Statement).toHaveLength(2);
    expect(synthesised.text.match(/"aws_caller_identity": \{/g)).toHaveLength(1);
  });

  it("are allowed on OVHcloud by one ACL of the target, for the log delivery group", () => {
    const { stack, logs } = logging("ovhcloud");
    new EncryptedBucket(stack, "exports", { serverAccessLogs: { bucket: logs } });
    const synthesised = synth(stack);
    expect(resourcesOf(synthesised, "aws_s3_bucket_acl")).toEqual([
      {
        acl: "log-delivery-write",
        bucket: expression(`aws_s3_bucket.${logs.bucket.friendlyUniqueId}.id`),
        provider: "aws",
      },
    ]);
    expect(synthesised.resource.aws_s3_bucket_policy).toBeUndefined();
    const awaited = resourcesOf(synthesised, "aws_s3_bucket_logging").map(({ depends_on }) => depends_on);
    expect(awaited).toEqual(Array(2).fill(["aws_s3_bucket_acl.logs_log-delivery_F5DABAC3"]));
  });

  it("tell what to grant by hand if this app does not declare the target", () => {
    const aws = stackOn("aws");
    const bucket = new BucketEncryption(aws.stack, "legacy", { bucketName: "acme-logs" });
    const invoices = new EncryptedBucket(aws.stack, "invoices", { serverAccessLogs: { bucket } });
    expect(infosOf(invoices)).toEqual([
      expect.stringMatching(/logs arrive in "acme-logs" only if its policy allows logging\.s3\.amazonaws\.com/),
    ]);
    expect(resourcesOf(synth(aws.stack), "aws_s3_bucket_logging")).toMatchObject([{ target_bucket: "acme-logs" }]);

    const ovh = stackOn("ovhcloud");
    const plain = { bucketName: "acme-logs", storage: ovh.storage };
    const exports = new EncryptedBucket(ovh.stack, "exports", { serverAccessLogs: { bucket: plain } });
    expect(infosOf(exports)).toEqual([expect.stringMatching(/its ACL lets the log delivery group write.*\(https:/)]);
    expect(infosOf(logging("ovhcloud").invoices)).toEqual([]);

    const named = new TerraformVariable(aws.stack, "logs-name", { type: "string" }).stringValue;
    const elsewhere = new BucketEncryption(aws.stack, "elsewhere", { bucketName: named });
    const orders = new EncryptedBucket(aws.stack, "orders", { serverAccessLogs: { bucket: elsewhere } });
    expect(infosOf(orders)).toEqual([expect.stringMatching(/logs arrive in that bucket only if its policy/)]);
  });

  it("go into a bucket of another stack by this one's name, so that neither stack waits for the other", () => {
    const app = Testing.app();
    const stackOfLogs = new TerraformStack(app, "logs");
    new ObjectStorageProvider(stackOfLogs, "storage", { provider: "aws", region: "eu-west-1" });
    const logs = new EncryptedBucket(stackOfLogs, "logs");
    const stack = new TerraformStack(app, "stack");
    new ObjectStorageProvider(stack, "storage", { provider: "aws", region: "eu-west-1" });
    new EncryptedBucket(stack, "invoices", { bucketName: "acme-invoices", serverAccessLogs: { bucket: logs } });
    expect(policyOf(synth(stackOfLogs)).Statement[0]?.Condition?.ArnLike).toEqual({
      "aws:SourceArn": "arn:aws:s3:::acme-invoices",
    });
    expect(() => app.synth()).not.toThrow();
    expect(stackOfLogs.dependsOn(stack)).toBe(false);

    new EncryptedBucket(stack, "nameless", { serverAccessLogs: { bucket: logs } });
    expect(() => synth(stack)).toThrow(/serverAccessLogs into a bucket of another stack needs a bucketName/);
  });
});

describe("the check of serverAccessLogs", () => {
  it("refuses a store that has none, with an alternative", () => {
    expect(() => synth(logging("minio").stack)).toThrow(
      /serverAccessLogs cannot be used on MinIO, which has no server access logs \(https:\S+\): leave it out; instead, have the deployment publish its audit log/,
    );
  });

  it.each([
    [
      "under a KMS key, on Amazon S3",
      "aws",
      { kmsKey: "alias/logs" },
      /a bucket under aws:kms: Amazon S3 delivers none there \(https:/,
    ],
    [
      "that refuses logs without an encryption header",
      "aws",
      { denyUnencryptedUploads: true },
      /a bucket with denyUnencryptedUploads: logs come without such a header/,
    ],
    [
      "that requires a customer key",
      "aws",
      { requireCustomerKeys: true },
      /a bucket with requireCustomerKeys: logs come without such a header/,
    ],
    [
      "that encrypts by default, on Ceph",
      "ceph-rgw",
      {},
      /cannot go to that bucket: Ceph Object Gateway writes logs only into a bucket without default encryption \(https:/,
    ],
  ] as const)("refuses a bucket %s", (_, provider, target, text) => {
    expect(() => synth(logging(provider, target).stack)).toThrow(text);
  });

  it("refuses a bucket with a default retention, on Amazon S3", () => {
    const { stack, logs } = logging("aws");
    const rule = { defaultRetention: { mode: "GOVERNANCE", days: 1 } };
    new S3BucketObjectLockConfigurationA(logs, "lock", { bucket: logs.bucketName, rule });
    expect(() => synth(stack)).toThrow(/a bucket with a default retention: Amazon S3 delivers none there \(https:/);
  });

  it("refuses the bucket itself", () => {
    const { stack, storage } = stackOn("aws");
    const bucket = { bucketName: "acme-logs", storage };
    new EncryptedBucket(stack, "logs", { bucketName: "acme-logs", serverAccessLogs: { bucket } });
    expect(() => synth(stack)).toThrow("serverAccessLogs into the bucket itself would log its own logs without end");
  });

  it("refuses another store or region", () => {
    const { stack, logs } = logging("aws");
    const others = { alias: "other" } as const;
    const ovh = new ObjectStorageProvider(stack, "ovh", { provider: "ovhcloud", region: "gra", ...others });
    new EncryptedBucket(stack, "one", { storage: ovh, serverAccessLogs: { bucket: logs } });
    expect(() => synth(stack)).toThrow("serverAccessLogs cannot go from OVHcloud Object Storage to Amazon S3");

    const near = logging("aws");
    const usEast = new ObjectStorageProvider(near.stack, "us", { provider: "aws", region: "us-east-1", ...others });
    new EncryptedBucket(near.stack, "one", { storage: usEast, serverAccessLogs: { bucket: near.logs } });
    expect(() => synth(near.stack)).toThrow("serverAccessLogs cannot go from region us-east-1 to eu-west-1");
  });

  it("refuses a plain name, as plain JavaScript may pass it", () => {
    const { stack } = stackOn("aws");
    new EncryptedBucket(stack, "one", { serverAccessLogs: { bucket: "acme-logs" as never } });
    expect(() => synth(stack)).toThrow('serverAccessLogs.bucket is "acme-logs"; give an EncryptedBucket');
  });

  it("accepts the same buckets without the obstacle", () => {
    expect(() => synth(logging("aws", { denyCustomerKeys: true, enforceTls: true }).stack)).not.toThrow();
    expect(() => synth(logging("ovhcloud").stack)).not.toThrow();
  });
});
