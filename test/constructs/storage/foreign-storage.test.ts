import { Testing } from "cdktf";
import { describe, expect, it } from "vitest";
import { BucketEncryption, EncryptedBucket, ObjectStorageProvider } from "../../../constructs/index.js";
import { newStack, synth } from "../synth.js";

/** Two stacks whose providers have the same name: that of the first is OVHcloud's, that of the second Amazon's. */
function twoStacks() {
  const app = Testing.app();
  const [first, second] = [newStack("first", app), newStack("second", app)];
  return {
    second,
    elsewhere: new ObjectStorageProvider(first, "storage", { provider: "ovhcloud", region: "gra" }),
    here: new ObjectStorageProvider(second, "storage", { provider: "aws", region: "eu-west-1" }),
  };
}

const REFUSAL =
  /\[second\/invoices\] storage "first\/storage" belongs to another stack, and Terraform would use a provider of "second"/;

describe("storage of another stack", () => {
  it("is refused for a bucket, which Terraform would make in the store of its own stack", () => {
    const { second, elsewhere } = twoStacks();
    new EncryptedBucket(second, "invoices", { bucketName: "acme-invoices", storage: elsewhere });
    expect(() => synth(second)).toThrow(REFUSAL);
  });

  it("is refused for a default alone", () => {
    const { second, elsewhere } = twoStacks();
    new BucketEncryption(second, "invoices", { bucketName: "acme-invoices", storage: elsewhere });
    expect(() => synth(second)).toThrow(REFUSAL);
  });

  it("is not refused where it is the stack's own, nor for a bucket that is only referred to", () => {
    const { second, here, elsewhere } = twoStacks();
    new EncryptedBucket(second, "invoices", { bucketName: "acme-invoices", storage: here });
    EncryptedBucket.fromBucketName(second, "archive", "acme-archive", { storage: elsewhere });
    expect(synth(second).output.bucketseal_invoices?.value).toMatchObject({ provider: "aws" });
  });
});
