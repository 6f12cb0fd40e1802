import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket/index.js";
import { App, TerraformOutput, TerraformStack } from "cdktf";
import { describe, expect, it } from "vitest";
import { BUCKET_PARTS } from "../../../constructs/features/features.js";
import {
  BucketEncryption,
  BucketReference,
  EncryptedBucket,
  ObjectStorageProvider,
  UnmanagedBucket,
} from "../../../constructs/index.js";
import { expression, newStack, stackOn, stackOnOvhcloud, synth } from "../synth.js";

describe("BucketEncryption", () => {
  it("declares the default of an existing bucket and leaves the bucket alone", () => {
    const { stack } = stackOnOvhcloud();
    new BucketEncryption(stack, "legacy", { bucketName: "acme-legacy" });
    const { resource } = synth(stack);
    expect(Object.keys(resource)).toEqual(["aws_s3_bucket_server_side_encryption_configuration"]);
    expect(Object.values(resource.aws_s3_bucket_server_side_encryption_configuration ?? {})).toEqual([
      {
        bucket: "acme-legacy",
        provider: "aws",
        lifecycle: { prevent_destroy: true },
        rule: [{ apply_server_side_encryption_by_default: { sse_algorithm: "AES256" } }],
      },
    ]);
  });

  it("publishes the bucket as an output that depends on the default only", () => {
    const { stack } = stackOnOvhcloud();
    const { encryption } = new BucketEncryption(stack, "legacy", { bucketName: "acme-legacy" });
    expect(synth(stack).output.bucketseal_legacy).toEqual({
      value: expect.objectContaining({ bucketseal: 1, bucket: "acme-legacy", provider: "ovhcloud" }),
      depends_on: [`aws_s3_bucket_server_side_encryption_configuration.${encryption.friendlyUniqueId}`],
    });
  });

  it("refers to a bucket of the same app", () => {
    const { stack } = stackOnOvhcloud();
    const bucket = new S3Bucket(stack, "raw");
    new BucketEncryption(stack, "legacy", { bucketName: bucket.bucket });
    expect(synth(stack).output.bucketseal_legacy).toMatchObject({
      value: { bucket: expression("aws_s3_bucket.raw.bucket") },
    });
  });

  it("refuses a name that no bucket can have", () => {
    const { stack } = stackOnOvhcloud();
    new BucketEncryption(stack, "legacy", { bucketName: "s3://acme" });
    expect(() => synth(stack)).toThrow(/bucket name "s3:\/\/acme" cannot be used/);
  });

  it("reports a missing name, such as an unset variable, as missing", () => {
    const { stack } = stackOnOvhcloud();
    new BucketEncryption(stack, "legacy", { bucketName: process.env.BUCKETSEAL_NOT_SET as string });
    expect(() => synth(stack)).toThrow(/\[stack\/legacy\] bucketName is missing; give a text/);
  });
});

describe("EncryptedBucket.fromBucketName", () => {
  it("refers to a bucket and declares nothing", () => {
    const { stack, storage } = stackOnOvhcloud();
    const legacy = EncryptedBucket.fromBucketName(stack, "legacy", "acme-legacy");
    expect(legacy).toBeInstanceOf(BucketReference);
    expect([legacy.bucketName, legacy.bucketArn, legacy.storage]).toEqual([
      "acme-legacy",
      "arn:aws:s3:::acme-legacy",
      storage,
    ]);
    expect(synth(stack).resource).toBeUndefined();
  });

  it("claims nothing about its encryption", () => {
    const { stack } = stackOnOvhcloud();
    const legacy = EncryptedBucket.fromBucketName(stack, "legacy", "acme-legacy");
    expect(legacy).not.toHaveProperty("encryption");
    expect(legacy).not.toBeInstanceOf(EncryptedBucket);
    expect(synth(stack).output).toBeUndefined();
  });

  it("is in the given store, whose partition its ARN names", () => {
    const { stack } = stackOnOvhcloud();
    const storage = new ObjectStorageProvider(stack, "cn", { provider: "aws", region: "cn-north-1", alias: "cn" });
    const there = EncryptedBucket.fromBucketName(stack, "there", "acme-there", { storage });
    expect(there.bucketArn).toBe("arn:aws-cn:s3:::acme-there");
  });

  it("refuses a name that no bucket can have, and a stack without a store", () => {
    const { stack } = stackOn("aws");
    EncryptedBucket.fromBucketName(stack, "legacy", "s3://acme");
    expect(() => synth(stack)).toThrow(/\[stack\/legacy\] bucket name "s3:\/\/acme" cannot be used/);
    expect(() => EncryptedBucket.fromBucketName(newStack(), "legacy", "acme-legacy")).toThrow(/has no store/);
  });
});

describe("an EncryptedBucket", () => {
  it("has an ARN that refers to its name", () => {
    const { stack } = stackOn("aws");
    const { bucket, bucketArn } = new EncryptedBucket(stack, "invoices");
    new TerraformOutput(stack, "arn", { value: bucketArn });
    const name = expression(`aws_s3_bucket.${bucket.friendlyUniqueId}.bucket`);
    expect(synth(stack).output.arn).toMatchObject({ value: `arn:aws:s3:::${name}` });
  });
});

interface Removed {
  readonly removed: readonly { readonly from: string; readonly lifecycle: object }[];
}

describe("an UnmanagedBucket", () => {
  it("declares nothing, and makes Terraform forget each part of the former bucket without destroying it", () => {
    const { stack } = stackOnOvhcloud();
    new UnmanagedBucket(stack, "invoices");
    const { text } = synth(stack);
    const { removed, ...rest } = JSON.parse(text) as Removed & { resource?: object };
    expect(rest.resource).toBeUndefined();
    expect(removed).toHaveLength(BUCKET_PARTS.length + 1);
    expect(removed.map(({ lifecycle }) => lifecycle)).toEqual(removed.map(() => ({ destroy: false })));
  });

  it("uses the addresses that an EncryptedBucket or a BucketEncryption of that id has", () => {
    const { stack } = stackOnOvhcloud();
    new EncryptedBucket(stack, "invoices");
    new BucketEncryption(stack, "legacy", { bucketName: "acme-legacy" });
    const { resource } = synth(stack);
    const declared = Object.entries(resource).flatMap(([type, all]) =>
      Object.keys(all).map((name) => `${type}.${name}`),
    );
    expect(declared).toHaveLength(3);

    const later = stackOnOvhcloud().stack;
    new UnmanagedBucket(later, "invoices");
    new UnmanagedBucket(later, "legacy");
    const { removed } = JSON.parse(synth(later).text) as Removed;
    expect(removed.map(({ from }) => from)).toEqual(expect.arrayContaining(declared));
  });

  it("uses another address under another id or in another place", () => {
    const { stack } = stackOnOvhcloud();
    const { bucket } = new EncryptedBucket(stack, "invoices");
    const app = new App();
    const other = new TerraformStack(app, "other");
    new ObjectStorageProvider(other, "storage", { provider: "ovhcloud", region: "gra" });
    new UnmanagedBucket(other, "bills");
    expect(synth(other).text).not.toContain(bucket.friendlyUniqueId);
  });
});
