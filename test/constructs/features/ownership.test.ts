import { describe, expect, it } from "vitest";
import { EncryptedBucket } from "../../../constructs/index.js";
import { resourcesOf, stackOn, synth, warningsOf } from "../synth.js";

const TYPE = "aws_s3_bucket_ownership_controls";

describe("ownership", () => {
  it("defaults to the bucket's owner on Amazon S3, and accepts another value", () => {
    const { stack } = stackOn("aws");
    new EncryptedBucket(stack, "one");
    new EncryptedBucket(stack, "two", { ownership: "ObjectWriter" });
    expect(resourcesOf(synth(stack), TYPE)).toMatchObject([
      { rule: { object_ownership: "BucketOwnerEnforced" } },
      { rule: { object_ownership: "ObjectWriter" } },
    ]);
  });

  it.each(["ovhcloud", "scaleway", "ceph-rgw", "minio", "backblaze-b2", "generic"] as const)(
    "is left to %s by default and with false",
    (provider) => {
      const { stack } = stackOn(provider);
      const one = new EncryptedBucket(stack, "one");
      new EncryptedBucket(stack, "two", { ownership: false });
      expect(resourcesOf(synth(stack), TYPE)).toEqual([]);
      expect(warningsOf(one)).toEqual([]);
    },
  );

  it("can be left to Amazon S3 too, for an existing bucket with ACLs", () => {
    const { stack } = stackOn("aws");
    expect(new EncryptedBucket(stack, "one", { ownership: false }).ownership).toBeUndefined();
    expect(resourcesOf(synth(stack), TYPE)).toEqual([]);
  });

  it("keeps the id that Terraform state hangs on", () => {
    const { stack } = stackOn("aws");
    expect(new EncryptedBucket(stack, "invoices").ownership?.friendlyUniqueId).toBe("invoices_ownership_955434D0");
  });

  it("is refused with an alternative if the store lacks it", () => {
    const { stack } = stackOn("ovhcloud");
    new EncryptedBucket(stack, "one", { ownership: "BucketOwnerEnforced" });
    expect(() => synth(stack)).toThrow(
      /ownership cannot be used on OVHcloud.*no ownership controls \(https:\S+\): leave it out; instead, who writes an object owns it there/,
    );
  });

  it("is declared with a warning if no document mentions it", () => {
    const { stack } = stackOn("ceph-rgw");
    const one = new EncryptedBucket(stack, "one", { ownership: "ObjectWriter" });
    expect(resourcesOf(synth(stack), TYPE)).toHaveLength(1);
    expect(warningsOf(one)).toEqual([expect.stringMatching(/^ownership: no document of Ceph/)]);
  });
});
