import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket/index.js";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration/index.js";
import { type App, Aspects, type TerraformStack, TerraformVariable, Testing } from "cdktf";
import { Construct } from "constructs";
import { describe, expect, it } from "vitest";
import {
  BucketEncryption,
  EncryptedBucket,
  ObjectStorageProvider,
  RequireEncryption,
} from "../../../constructs/index.js";
import { newStack, stackOnOvhcloud } from "../synth.js";

const rule = [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }];

function storeIn(stack: TerraformStack): ObjectStorageProvider {
  return new ObjectStorageProvider(stack, "storage", { provider: "ovhcloud", region: "gra" });
}

/** The paths of the buckets that a synth with the aspect complains of. */
function complaints(stack: TerraformStack): string[] {
  Aspects.of(stack).add(new RequireEncryption());
  try {
    Testing.fullSynth(stack);
    return [];
  } catch (error) {
    return [...String(error).matchAll(/bucket "([^"]+)" has no encryption default/g)].map(([, path]) => path ?? "");
  }
}

describe("RequireEncryption on a stack", () => {
  it("lets EncryptedBuckets pass", () => {
    const { stack } = stackOnOvhcloud();
    new EncryptedBucket(stack, "invoices", { bucketName: "acme-invoices" });
    expect(complaints(stack)).toEqual([]);
  });

  it("fails the synth for every raw bucket, naming their paths", () => {
    const { stack } = stackOnOvhcloud();
    new EncryptedBucket(stack, "sealed");
    new S3Bucket(stack, "raw", { bucket: "acme-raw" });
    new S3Bucket(new Construct(stack, "team"), "nested");
    expect(complaints(stack)).toEqual(["stack/raw", "stack/team/nested"]);
  });

  it.each([
    ["its id", (bucket: S3Bucket) => bucket.id],
    ["its name", (bucket: S3Bucket) => bucket.bucket],
    ["its literal name", () => "acme-raw"],
  ])("takes a default that refers to the bucket by %s", (_, name) => {
    const { stack } = stackOnOvhcloud();
    const bucket = new S3Bucket(stack, "raw", { bucket: "acme-raw" });
    new S3BucketServerSideEncryptionConfigurationA(stack, "default", { bucket: name(bucket), rule });
    expect(complaints(stack)).toEqual([]);
  });

  it("takes a default that shares a variable with the bucket, and not one of another variable", () => {
    const { stack } = stackOnOvhcloud();
    const [one, two] = ["one", "two"].map((id) => new TerraformVariable(stack, id, {}).stringValue);
    new S3Bucket(stack, "first", { bucket: `acme-${one}` });
    new S3Bucket(stack, "second", { bucket: `acme-${two}` });
    new BucketEncryption(stack, "default", { bucketName: `acme-${one}` });
    expect(complaints(stack)).toEqual(["stack/second"]);
  });

  it("does not take the default of another bucket for its own", () => {
    const { stack } = stackOnOvhcloud();
    const other = new S3Bucket(stack, "other", { bucket: "acme-other" });
    new S3Bucket(stack, "raw", { bucket: "acme-raw" });
    new BucketEncryption(stack, "by-reference", { bucketName: other.id });
    expect(complaints(stack)).toEqual(["stack/raw"]);
  });

  it("does not take a default without an algorithm", () => {
    const { stack } = stackOnOvhcloud();
    const bucket = new S3Bucket(stack, "raw");
    new S3BucketServerSideEncryptionConfigurationA(stack, "default", {
      bucket: bucket.id,
      rule: [{ bucketKeyEnabled: true }],
    });
    expect(complaints(stack)).toEqual(["stack/raw"]);
  });

  it("does not take the default of a bucket of the same name on another store of the stack", () => {
    const { stack } = stackOnOvhcloud();
    const elsewhere = new ObjectStorageProvider(stack, "sbg", { provider: "ovhcloud", region: "sbg", alias: "sbg" });
    new S3Bucket(stack, "raw", { bucket: "acme-raw" });
    new BucketEncryption(stack, "default", { bucketName: "acme-raw", storage: elsewhere });
    expect(complaints(stack)).toEqual(["stack/raw"]);
  });

  it("takes the older way of declaring the default inside the bucket", () => {
    const { stack } = stackOnOvhcloud();
    const [inline] = rule;
    new S3Bucket(stack, "raw", { serverSideEncryptionConfiguration: { rule: inline as NonNullable<typeof inline> } });
    expect(complaints(stack)).toEqual([]);
  });
});

describe("RequireEncryption in a whole app", () => {
  function twoStacks(): { app: App; first: TerraformStack; second: TerraformStack } {
    const app = Testing.app();
    const [first, second] = [newStack("first", app), newStack("second", app)];
    storeIn(first);
    storeIn(second);
    RequireEncryption.everywhereIn(app);
    return { app, first, second };
  }

  it("names the buckets of all stacks in one error", () => {
    const { app, first, second } = twoStacks();
    new S3Bucket(first, "raw");
    new S3Bucket(second, "raw");
    expect(() => app.synth()).toThrow(
      /"first\/raw" has no encryption default[\s\S]*"second\/raw" has no encryption default/,
    );
  });

  it("needs everywhereIn, since cdktf does not visit the aspects of an App", () => {
    const app = Testing.app();
    const first = newStack("first", app);
    storeIn(first);
    new S3Bucket(first, "raw");
    Aspects.of(app).add(new RequireEncryption());
    expect(() => app.synth()).not.toThrow();
    RequireEncryption.everywhereIn(app);
    expect(() => app.synth()).toThrow(/"first\/raw" has no encryption default/);
  });

  it("passes an app whose buckets all have one, also from another stack", () => {
    const { app, first, second } = twoStacks();
    const bucket = new S3Bucket(first, "raw");
    new BucketEncryption(second, "default", { bucketName: bucket.id });
    expect(() => app.synth()).not.toThrow();
  });

  it("does not mistake a bucket of one stack for its namesake in the other", () => {
    const { app, first, second } = twoStacks();
    new S3Bucket(first, "raw");
    const namesake = new S3Bucket(second, "raw");
    new BucketEncryption(second, "default", { bucketName: namesake.id });
    expect(() => app.synth()).toThrow(/"first\/raw" has no encryption default/);
    expect(() => app.synth()).not.toThrow(/second\/raw/);
  });
});
