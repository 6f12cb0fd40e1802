import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket/index.js";
import { describe, expect, it } from "vitest";
import { BucketEncryption } from "../../../constructs/index.js";
import { expression, stackOnOvhcloud, synth } from "../synth.js";

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
