import { TerraformOutput } from "cdktf";
import { describe, expect, it } from "vitest";
import { BucketReference, EncryptedBucket, ObjectStorageProvider } from "../../../constructs/index.js";
import { expression, newStack, stackOn, stackOnOvhcloud, synth } from "../synth.js";

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
