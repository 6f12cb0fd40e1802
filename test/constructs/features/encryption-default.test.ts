import { TerraformVariable } from "cdktf";
import { describe, expect, it } from "vitest";
import { BucketEncryption, EncryptedBucket, RequireEncryption } from "../../../constructs/index.js";
import { expression, resourcesOf, stackOn, synth } from "../synth.js";

const TYPE = "aws_s3_bucket_server_side_encryption_configuration";
const ARN = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555";

describe("kmsKey", () => {
  it.each([
    ARN,
    "arn:aws:kms:eu-west-1:123456789012:alias/invoices",
    "alias/invoices",
    "11111111-2222-3333-4444-555555555555",
    "mrk-1234abcd12ab34cd56ef1234567890ab",
  ])("%s makes SSE-KMS the default, with a bucket key", (kmsKey) => {
    const { stack } = stackOn("aws");
    new EncryptedBucket(stack, "invoices", { kmsKey });
    expect(resourcesOf(synth(stack), TYPE)).toMatchObject([
      {
        rule: [
          {
            apply_server_side_encryption_by_default: { sse_algorithm: "aws:kms", kms_master_key_id: kmsKey },
            bucket_key_enabled: true,
          },
        ],
      },
    ]);
  });

  it("accepts a reference, and no bucket key", () => {
    const { stack } = stackOn("aws");
    const kmsKey = new TerraformVariable(stack, "key", {}).stringValue;
    new EncryptedBucket(stack, "invoices", { kmsKey, bucketKey: false });
    expect(resourcesOf(synth(stack), TYPE)).toMatchObject([
      {
        rule: [
          {
            apply_server_side_encryption_by_default: { kms_master_key_id: expression("var.key") },
            bucket_key_enabled: false,
          },
        ],
      },
    ]);
  });

  it("keeps SSE-KMS of an existing bucket, which the default would otherwise remove", () => {
    const { stack } = stackOn("aws");
    new BucketEncryption(stack, "legacy", { bucketName: "acme-legacy", kmsKey: ARN });
    expect(resourcesOf(synth(stack), TYPE)).toMatchObject([
      { bucket: "acme-legacy", rule: [{ apply_server_side_encryption_by_default: { sse_algorithm: "aws:kms" } }] },
    ]);
  });

  it("counts as an encryption default for RequireEncryption", () => {
    const { stack } = stackOn("aws");
    new EncryptedBucket(stack, "invoices", { kmsKey: ARN });
    RequireEncryption.everywhereIn(stack);
    expect(() => synth(stack)).not.toThrow();
  });

  it.each(["", "invoices", "arn:aws:s3:::invoices", "AES256", "none"])("refuses %j, which is not a key", (kmsKey) => {
    const { stack } = stackOn("aws");
    new EncryptedBucket(stack, "invoices", { kmsKey });
    expect(() => synth(stack)).toThrow(`kmsKey "${kmsKey}" is no KMS key; give its ARN`);
  });

  it.each([
    ["ovhcloud", /OVHcloud Object Storage, which has no SSE-KMS \(https:\S+\): leave it out.*SSE-S3.*SSE-C \(https:/],
    ["scaleway", /Scaleway Object Storage, whose SSE-KMS has keys of another kind \(https:\S+\): leave it out/],
    ["minio", /MinIO, whose SSE-KMS has keys of another kind \(https:/],
    ["generic", /S3-compatible store, of whose SSE-KMS nothing is known: leave it out, and .*\(SSE-S3\)$/m],
  ] as const)("is refused on %s, with an alternative", (provider, text) => {
    const { stack } = stackOn(provider);
    new EncryptedBucket(stack, "invoices", { kmsKey: ARN });
    new BucketEncryption(stack, "legacy", { bucketName: "acme-legacy", kmsKey: ARN });
    expect(() => synth(stack)).toThrow(text);
    expect(() => synth(stack)).toThrow(/\[stack\/legacy\] kmsKey cannot be used/);
  });

  it("is required by bucketKey", () => {
    const { stack } = stackOn("aws");
    new EncryptedBucket(stack, "invoices", { bucketKey: true });
    expect(() => synth(stack)).toThrow("bucketKey means nothing without a kmsKey");
  });
});
