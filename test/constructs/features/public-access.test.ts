import { describe, expect, it } from "vitest";
import { EncryptedBucket } from "../../../constructs/index.js";
import { resourcesOf, stackOn, synth, warningsOf } from "../synth.js";

const TYPE = "aws_s3_bucket_public_access_block";
const ALL_ON = {
  block_public_acls: true,
  block_public_policy: true,
  ignore_public_acls: true,
  restrict_public_buckets: true,
};

describe("blockPublicAccess", () => {
  it.each(["aws", "ceph-rgw"] as const)("enables all four by default on %s, which documents it", (provider) => {
    const { stack } = stackOn(provider);
    new EncryptedBucket(stack, "invoices");
    expect(resourcesOf(synth(stack), TYPE)).toMatchObject([ALL_ON]);
  });

  it.each(["ovhcloud", "scaleway", "minio", "backblaze-b2", "generic"] as const)(
    "declares nothing by default on %s",
    (provider) => {
      const { stack } = stackOn(provider);
      new EncryptedBucket(stack, "invoices", { blockPublicAccess: false });
      const exports = new EncryptedBucket(stack, "exports");
      expect(resourcesOf(synth(stack), TYPE)).toEqual([]);
      expect(warningsOf(exports)).toEqual([]);
    },
  );

  it("declares nothing with false", () => {
    const { stack } = stackOn("aws");
    expect(new EncryptedBucket(stack, "invoices", { blockPublicAccess: false }).publicAccess).toBeUndefined();
    expect(resourcesOf(synth(stack), TYPE)).toEqual([]);
  });

  it("accepts single settings, and the others stay on", () => {
    const { stack } = stackOn("aws");
    new EncryptedBucket(stack, "website", {
      blockPublicAccess: { blockPublicPolicy: false, restrictPublicBuckets: false },
    });
    const finer = { ...ALL_ON, block_public_policy: false, restrict_public_buckets: false };
    expect(resourcesOf(synth(stack), TYPE)).toMatchObject([finer]);
  });

  it("keeps the id that Terraform state hangs on", () => {
    const { stack } = stackOn("aws");
    expect(new EncryptedBucket(stack, "invoices").publicAccess?.friendlyUniqueId).toBe(
      "invoices_public-access_F8551C61",
    );
  });

  it.each([
    [
      "ovhcloud",
      /blockPublicAccess cannot be used on OVHcloud.*no public access block \(https:\S+\): leave it out; instead, buckets and objects are private/,
    ],
    ["minio", /blockPublicAccess cannot be used on MinIO.*private there until a policy opens it/],
    [
      "backblaze-b2",
      /blockPublicAccess cannot be used on Backblaze B2.*private as a whole until its ACL is public-read/,
    ],
  ] as const)("is refused on %s, with an alternative", (provider, text) => {
    for (const blockPublicAccess of [true, {}]) {
      const { stack } = stackOn(provider);
      new EncryptedBucket(stack, "invoices", { blockPublicAccess });
      expect(() => synth(stack)).toThrow(text);
    }
  });

  it("is declared with a warning if no document mentions it", () => {
    const { stack } = stackOn("scaleway");
    const invoices = new EncryptedBucket(stack, "invoices", { blockPublicAccess: true });
    expect(resourcesOf(synth(stack), TYPE)).toMatchObject([ALL_ON]);
    expect(warningsOf(invoices)).toEqual([expect.stringMatching(/^blockPublicAccess: no document of Scaleway/)]);
  });
});
