import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket/index.js";
import { TerraformVariable, Testing } from "cdktf";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bucketNameProblems } from "../../../constructs/bucket/bucket-name.js";
import { EncryptedBucket, ObjectStorageProvider, type ObjectStorageProviderProps } from "../../../constructs/index.js";
import { expression, newStack, stackOnOvhcloud, storageOn, synth } from "../synth.js";

const { storage } = stackOnOvhcloud();

describe("a bucket's name", () => {
  it.each([
    ["ab", "3 to 63 characters"],
    ["a".repeat(64), "3 to 63 characters"],
    ["Invoices", "lower-case letters"],
    ["in_voices", "lower-case letters"],
    ["-invoices", "begins and ends"],
    ["invoices-", "begins and ends"],
    ["192.168.1.1", "IP address"],
    ["in--voices", '"--"'],
    ["in..voices", '".."'],
    ["in-.voices", '"-."'],
    ["acme.invoices", "pathStyle: true"],
  ])('"%s" is refused on OVHcloud with the rule: %s', (name, rule) => {
    expect(bucketNameProblems(name, storage).join()).toContain(rule);
  });

  it.each([
    ["xn--acme", 'does not begin with "xn--"'],
    ["sthree-acme", 'does not begin with "sthree-"'],
    ["amzn-s3-demo-acme", 'does not begin with "amzn-s3-demo-"'],
    ["acme-s3alias", 'does not end with "-s3alias"'],
    ["acme--ol-s3", 'does not end with "--ol-s3"'],
    ["acme.mrap", 'does not end with ".mrap"'],
    ["acme--x-s3", 'does not end with "--x-s3"'],
    ["acme--table-s3", 'does not end with "--table-s3"'],
  ])('"%s" is reserved by Amazon: a name %s', (name, rule) => {
    expect(bucketNameProblems(name, storageOn("aws")).join()).toContain(rule);
    expect(bucketNameProblems(name.replaceAll("--", "-").replace(".", ""), storageOn("minio"))).toEqual([]);
  });

  it.each([
    ["acme", "has at least 6 characters"],
    ["acme.invoices", "has no dot"],
    ["b2-invoices", 'does not begin with "b2-"'],
  ])('"%s" is refused on Backblaze B2: a name %s', (name, rule) => {
    expect(bucketNameProblems(name, storageOn("backblaze-b2")).join()).toContain(rule);
    expect(bucketNameProblems("acme-invoices", storageOn("backblaze-b2"))).toEqual([]);
  });

  it("is accepted if it follows every rule", () => {
    const word = fc.stringMatching(/^[a-z0-9]{1,12}$/);
    const name = fc
      .array(word, { minLength: 1, maxLength: 4 })
      .map((words) => words.join("-"))
      .filter((text) => text.length >= 3);
    fc.assert(fc.property(name, (text) => bucketNameProblems(text, storage).length === 0));
  });

  it("is always refused with a character that no store accepts", () => {
    const stray = fc.stringMatching(/^[a-z]{3,8}[^a-z0-9.-][a-z]{3,8}$/);
    fc.assert(fc.property(stray, (text) => bucketNameProblems(text, storage).length === 1));
  });

  it("may have a dot with path style, where no certificate has to match it", () => {
    const pathStyle = stackOnOvhcloud({ pathStyle: true }).storage;
    expect(bucketNameProblems("acme.invoices", pathStyle)).toEqual([]);
  });

  it("fails the synth together with all other wrong names and their paths", () => {
    const { stack } = stackOnOvhcloud();
    new EncryptedBucket(stack, "one", { bucketName: "A_" });
    new EncryptedBucket(stack, "two", { bucketName: "b" });
    expect(() => synth(stack)).toThrow(/stack\/one.*"A_".*3 to 63 characters, holds lower-case[\s\S]*stack\/two.*"b"/);
  });

  it("passes if it is a reference, since only Terraform knows it", () => {
    const { stack } = stackOnOvhcloud();
    const bucketName = `${new TerraformVariable(stack, "team", {}).stringValue}_X`;
    new EncryptedBucket(stack, "one", { bucketName });
    expect(synth(stack).text).toContain(`${expression("var.team")}_X`);
  });
});

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

describe("two buckets of one name", () => {
  it("are refused in one app, with the path of the other bucket", () => {
    expect(twice(ovhcloud("gra"), ovhcloud("gra"))).toThrow(
      '[first/one] bucket name "acme-invoices" is taken twice on OVHcloud Object Storage: "second/other/bucket" has it too; give each a name of its own',
    );
  });

  it("are refused in two regions of a store whose names are unique everywhere", () => {
    expect(twice(ovhcloud("gra"), ovhcloud("sbg"))).toThrow("is taken twice");
  });

  it("are accepted on two stores, in two partitions of AWS, and on two installations", () => {
    expect(twice(ovhcloud("gra"), { provider: "aws", region: "eu-west-3" })).not.toThrow();
    expect(twice({ provider: "aws", region: "eu-west-3" }, { provider: "aws", region: "cn-north-1" })).not.toThrow();
    const minio = (endpoint: string) => ({ provider: "minio", endpoint }) as const;
    expect(twice(minio("https://one.example"), minio("https://other.example"))).not.toThrow();
    expect(twice(minio("https://one.example"), minio("https://one.example"))).toThrow("is taken twice");
  });

  it("are accepted for two accounts of one endpoint only if its names are not unique", () => {
    const at = (provider: "ceph-rgw" | "scaleway", profile: string) => ({
      ...(provider === "scaleway" ? { region: "fr-par" } : { endpoint: "https://ceph.example" }),
      provider,
      profile,
    });
    expect(twice(at("ceph-rgw", "one"), at("ceph-rgw", "other"))).not.toThrow();
    expect(twice(at("ceph-rgw", "one"), at("ceph-rgw", "one"))).toThrow("is taken twice");
    expect(twice(at("scaleway", "one"), at("scaleway", "other"))).toThrow("is taken twice");
  });

  it("are not compared if only Terraform knows the name", () => {
    const stack = newStack();
    new ObjectStorageProvider(stack, "storage", ovhcloud("gra"));
    const bucketName = new TerraformVariable(stack, "name", {}).stringValue;
    new EncryptedBucket(stack, "one", { bucketName });
    new EncryptedBucket(stack, "other", { bucketName });
    expect(() => synth(stack)).not.toThrow();
  });

  it("are refused if one is a plain bucket in the same store", () => {
    const stack = newStack();
    const { aws } = new ObjectStorageProvider(stack, "storage", ovhcloud("gra"));
    new EncryptedBucket(stack, "one", { bucketName: "acme-invoices" });
    new S3Bucket(stack, "plain", { bucket: "acme-invoices", provider: aws });
    expect(() => synth(stack)).toThrow('"stack/plain" has it too');
  });
});
