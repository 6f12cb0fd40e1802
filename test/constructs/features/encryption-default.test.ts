import { TerraformVariable } from "cdktf";
import { describe, expect, it } from "vitest";
import {
  BucketEncryption,
  EncryptedBucket,
  type EncryptedBucketProps,
  RequireEncryption,
} from "../../../constructs/index.js";
import type { ProviderId } from "../../../providers/index.js";
import { expression, resourcesOf, stackOn, synth, warningsOf } from "../synth.js";

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
    expect(() => synth(stack)).toThrow(`kmsKey "${kmsKey}" is not a KMS key; give its ARN`);
  });

  it.each([
    ["ovhcloud", /OVHcloud Object Storage, which has no SSE-KMS \(https:\S+\): leave it out.*SSE-S3.*SSE-C \(https:/],
    ["scaleway", /Scaleway Object Storage, whose SSE-KMS uses keys of another kind \(https:\S+\): leave it out/],
    ["minio", /MinIO, whose SSE-KMS uses keys of another kind \(https:/],
    ["generic", /S3-compatible store, whose SSE-KMS is not documented: leave it out, and .*\(SSE-S3\)$/m],
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
    expect(() => synth(stack)).toThrow("bucketKey has no effect without a kmsKey");
  });
});

/** A bucket declared with bindings that were made for that version of Terraform's AWS provider. */
function stackWithBindings(providerVersion: string, provider: ProviderId = "aws") {
  const { stack, storage } = stackOn(provider);
  Object.assign(storage.aws, { terraformGeneratorMetadata: { providerName: "aws", providerVersion } });
  return stack;
}

function bucketWithBindings(providerVersion: string, props: EncryptedBucketProps, provider: ProviderId = "aws") {
  const stack = stackWithBindings(providerVersion, provider);
  const bucket = new EncryptedBucket(stack, "letters", props);
  const [encryption] = resourcesOf(synth(stack), TYPE);
  return { rule: [encryption?.rule].flat()[0], warnings: warningsOf(bucket) };
}

describe("customer keys, which new buckets on Amazon S3 refuse", () => {
  it.each(["6.22.0", "6.25.0", "7.0.0"])("are switched on if they are required, with bindings of %s", (version) => {
    const { rule, warnings } = bucketWithBindings(version, { requireCustomerKeys: true });
    expect(rule).toEqual({
      apply_server_side_encryption_by_default: { sse_algorithm: "AES256" },
      blocked_encryption_types: ["NONE"],
    });
    expect(warnings).toEqual([]);
  });

  it.each(["5.100.0", "6.21.0"])("are warned about with bindings of %s, which cannot switch them on", (version) => {
    const { rule, warnings } = bucketWithBindings(version, { requireCustomerKeys: true });
    expect(rule).not.toHaveProperty("blocked_encryption_types");
    expect(warnings).toEqual([expect.stringMatching(/^requireCustomerKeys: Amazon S3 refuses customer keys .*https:/)]);
  });

  it("are left alone if they are not required, and on other stores", () => {
    expect(bucketWithBindings("6.22.0", { denyCustomerKeys: true }).rule).not.toHaveProperty(
      "blocked_encryption_types",
    );
    const { rule, warnings } = bucketWithBindings("6.22.0", { requireCustomerKeys: true }, "ceph-rgw");
    expect(rule).not.toHaveProperty("blocked_encryption_types");
    expect(warnings).toEqual([]);
  });
});

describe("blockedEncryptionTypes", () => {
  it.each([["SSE-C"], ["NONE"]] as const)("writes %s, in a bucket and in a default alone", (type) => {
    const stack = stackWithBindings("6.22.1");
    new EncryptedBucket(stack, "letters", { blockedEncryptionTypes: [type] });
    new BucketEncryption(stack, "archive", { bucketName: "acme-archive", blockedEncryptionTypes: [type] });
    const rules = resourcesOf(synth(stack), TYPE).map(({ rule }) => [rule].flat()[0]);
    expect(rules).toEqual([
      expect.objectContaining({ blocked_encryption_types: [type] }),
      expect.objectContaining({ blocked_encryption_types: [type] }),
    ]);
  });

  it("writes nothing by default", () => {
    expect(bucketWithBindings("6.40.0", {}).rule).not.toHaveProperty("blocked_encryption_types");
  });

  it("is refused with bindings that cannot write it, with the version to use", () => {
    expect(() => bucketWithBindings("5.100.0", { blockedEncryptionTypes: ["NONE"] })).toThrow(
      "blockedEncryptionTypes cannot be written by bindings of the AWS provider 5.100.0; use bindings of 6.22 or later",
    );
  });

  // The bindings are those of version 5, or those that test/bindings installs instead.
  it("depends on the bindings that are loaded", () => {
    const { stack, storage } = stackOn("aws");
    new EncryptedBucket(stack, "letters", { blockedEncryptionTypes: ["NONE"] });
    const [major = 0, minor = 0] = `${storage.aws.terraformGeneratorMetadata?.providerVersion}`.split(".").map(Number);
    if (major > 6 || (major === 6 && minor >= 22)) {
      expect(synth(stack).text).toContain('"blocked_encryption_types"');
    } else {
      expect(() => synth(stack)).toThrow(`cannot be written by bindings of the AWS provider ${major}.${minor}`);
    }
  });

  it("is refused on other stores, with other values, and against requireCustomerKeys", () => {
    expect(() => bucketWithBindings("6.22.0", { blockedEncryptionTypes: ["NONE"] }, "ovhcloud")).toThrow(
      "blockedEncryptionTypes cannot be used on OVHcloud Object Storage: it is a setting of Amazon S3 alone",
    );
    expect(() => bucketWithBindings("6.22.0", { blockedEncryptionTypes: ["KMS"] as never })).toThrow(
      'blockedEncryptionTypes[0] "KMS" is not known; give one of "SSE-C", "NONE"',
    );
    expect(() => bucketWithBindings("6.22.0", { blockedEncryptionTypes: ["NONE", "SSE-C"] as never })).toThrow(
      'blockedEncryptionTypes is ["NONE","SSE-C"]; give ["SSE-C"] or ["NONE"]',
    );
    expect(() =>
      bucketWithBindings("6.22.0", { blockedEncryptionTypes: ["SSE-C"], requireCustomerKeys: true }),
    ).toThrow("blocks the customer keys that requireCustomerKeys wants");
  });
});
