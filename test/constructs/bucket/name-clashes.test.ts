import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket/index.js";
import { TerraformVariable, Testing } from "cdktf";
import { describe, expect, it } from "vitest";
import { EncryptedBucket, ObjectStorageProvider, type ObjectStorageProviderProps } from "../../../constructs/index.js";
import { newStack, synth } from "../synth.js";

/** Two buckets of one name, each in a stack of its own with a store of its own. */
function twice(one: ObjectStorageProviderProps, other: ObjectStorageProviderProps, bucketName = "acme-invoices") {
  const app = Testing.app();
  const [first, second] = [newStack("first", app), newStack("second", app)];
  new ObjectStorageProvider(first, "storage", one);
  new ObjectStorageProvider(second, "storage", other);
  new EncryptedBucket(first, "one", { bucketName });
  new EncryptedBucket(second, "other", { bucketName });
  return () => synth(first);
}

const ovhcloud = (region: string) => ({ provider: "ovhcloud", region }) as const;

describe("a bucket's name", () => {
  it("is refused twice in one app, the other bucket being named", () => {
    expect(twice(ovhcloud("gra"), ovhcloud("gra"))).toThrow(
      '[first/one] bucket name "acme-invoices" is taken twice on OVHcloud Object Storage: "second/other/bucket" has it too; give each a name of its own',
    );
  });

  it("is refused twice over the regions of a store whose names are unique everywhere", () => {
    expect(twice(ovhcloud("gra"), ovhcloud("sbg"))).toThrow("is taken twice");
  });

  it("is taken twice on two stores, in two partitions of AWS, and on two installations", () => {
    expect(twice(ovhcloud("gra"), { provider: "aws", region: "eu-west-3" })).not.toThrow();
    expect(twice({ provider: "aws", region: "eu-west-3" }, { provider: "aws", region: "cn-north-1" })).not.toThrow();
    const minio = (endpoint: string) => ({ provider: "minio", endpoint }) as const;
    expect(twice(minio("https://one.example"), minio("https://other.example"))).not.toThrow();
    expect(twice(minio("https://one.example"), minio("https://one.example"))).toThrow("is taken twice");
  });

  it("is taken twice at one endpoint by two accounts only if its names are not unique", () => {
    const at = (provider: "ceph-rgw" | "scaleway", profile: string) => ({
      ...(provider === "scaleway" ? { region: "fr-par" } : { endpoint: "https://ceph.example" }),
      provider,
      profile,
    });
    expect(twice(at("ceph-rgw", "one"), at("ceph-rgw", "other"))).not.toThrow();
    expect(twice(at("ceph-rgw", "one"), at("ceph-rgw", "one"))).toThrow("is taken twice");
    expect(twice(at("scaleway", "one"), at("scaleway", "other"))).toThrow("is taken twice");
  });

  it("is not compared where only Terraform knows it", () => {
    const stack = newStack();
    new ObjectStorageProvider(stack, "storage", ovhcloud("gra"));
    const bucketName = new TerraformVariable(stack, "name", {}).stringValue;
    new EncryptedBucket(stack, "one", { bucketName });
    new EncryptedBucket(stack, "other", { bucketName });
    expect(() => synth(stack)).not.toThrow();
  });

  it("may not be that of a plain bucket in the same store either", () => {
    const stack = newStack();
    const { aws } = new ObjectStorageProvider(stack, "storage", ovhcloud("gra"));
    new EncryptedBucket(stack, "one", { bucketName: "acme-invoices" });
    new S3Bucket(stack, "plain", { bucket: "acme-invoices", provider: aws });
    expect(() => synth(stack)).toThrow('"stack/plain" has it too');
  });
});
