import { TerraformVariable } from "cdktf";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bucketNameProblems } from "../../../constructs/bucket/bucket-name.js";
import { EncryptedBucket } from "../../../constructs/index.js";
import { expression, stackOnOvhcloud, storageOn, synth } from "../synth.js";

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
  ])('"%s" is refused on OVHcloud, saying that a name %s', (name, rule) => {
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
  ])('"%s" is kept by Amazon for itself: a name %s', (name, rule) => {
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

  it("is taken when it keeps every rule", () => {
    const word = fc.stringMatching(/^[a-z0-9]{1,12}$/);
    const name = fc
      .array(word, { minLength: 1, maxLength: 4 })
      .map((words) => words.join("-"))
      .filter((text) => text.length >= 3);
    fc.assert(fc.property(name, (text) => bucketNameProblems(text, storage).length === 0));
  });

  it("with a character that no store takes is always refused", () => {
    const stray = fc.stringMatching(/^[a-z]{3,8}[^a-z0-9.-][a-z]{3,8}$/);
    fc.assert(fc.property(stray, (text) => bucketNameProblems(text, storage).length === 1));
  });

  it("with a dot is taken with path style, where no certificate has to match it", () => {
    const pathStyle = stackOnOvhcloud({ pathStyle: true }).storage;
    expect(bucketNameProblems("acme.invoices", pathStyle)).toEqual([]);
  });

  it("fails the synth, all wrong names together with their paths", () => {
    const { stack } = stackOnOvhcloud();
    new EncryptedBucket(stack, "one", { bucketName: "A_" });
    new EncryptedBucket(stack, "two", { bucketName: "b" });
    expect(() => synth(stack)).toThrow(/stack\/one.*"A_".*3 to 63 characters, holds lower-case[\s\S]*stack\/two.*"b"/);
  });

  it("that is a reference passes, since only Terraform knows it", () => {
    const { stack } = stackOnOvhcloud();
    const bucketName = `${new TerraformVariable(stack, "team", {}).stringValue}_X`;
    new EncryptedBucket(stack, "one", { bucketName });
    expect(synth(stack).text).toContain(`${expression("var.team")}_X`);
  });
});
