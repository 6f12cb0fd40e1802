import { describe, expect, it } from "vitest";
import { EncryptedBucket, type EncryptedBucketProps } from "../../../constructs/index.js";
import type { ProviderId } from "../../../providers/index.js";
import { resourcesOf, stackOn, synth, warningsOf } from "../synth.js";

/** A bucket declared with bindings that were made for that version of Terraform's AWS provider. */
function bucketWithBindings(providerVersion: string, props: EncryptedBucketProps, provider: ProviderId = "aws") {
  const { stack, storage } = stackOn(provider);
  Object.assign(storage.aws, { terraformGeneratorMetadata: { providerName: "aws", providerVersion } });
  const bucket = new EncryptedBucket(stack, "letters", props);
  const [encryption] = resourcesOf(synth(stack), "aws_s3_bucket_server_side_encryption_configuration");
  return { rule: [encryption?.rule].flat()[0], warnings: warningsOf(bucket) };
}

describe("customer keys, which new buckets on Amazon S3 refuse", () => {
  it.each(["6.22.0", "6.25.0", "7.0.0"])("are switched on where they are required, with bindings of %s", (version) => {
    const { rule, warnings } = bucketWithBindings(version, { requireCustomerKeys: true });
    expect(rule).toEqual({
      apply_server_side_encryption_by_default: { sse_algorithm: "AES256" },
      blocked_encryption_types: ["NONE"],
    });
    expect(warnings).toEqual([]);
  });

  it.each(["5.100.0", "6.21.0"])("are warned of with bindings of %s, which cannot switch them on", (version) => {
    const { rule, warnings } = bucketWithBindings(version, { requireCustomerKeys: true });
    expect(rule).not.toHaveProperty("blocked_encryption_types");
    expect(warnings).toEqual([expect.stringMatching(/^requireCustomerKeys: Amazon S3 refuses customer keys .*https:/)]);
  });

  it("are left alone where they are not required, and on other stores", () => {
    expect(bucketWithBindings("6.22.0", { denyCustomerKeys: true }).rule).not.toHaveProperty(
      "blocked_encryption_types",
    );
    const { rule, warnings } = bucketWithBindings("6.22.0", { requireCustomerKeys: true }, "ceph-rgw");
    expect(rule).not.toHaveProperty("blocked_encryption_types");
    expect(warnings).toEqual([]);
  });
});
