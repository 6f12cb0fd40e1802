import { describe, expect, it } from "vitest";
import { BucketEncryption, EncryptedBucket, type EncryptedBucketProps } from "../../../constructs/index.js";
import type { ProviderId } from "../../../providers/index.js";
import { resourcesOf, stackOn, synth, warningsOf } from "../synth.js";

const TYPE = "aws_s3_bucket_server_side_encryption_configuration";

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
