import { DataAwsS3Bucket } from "@cdktf/provider-aws/lib/data-aws-s3-bucket/index.js";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket/index.js";
import { S3BucketServerSideEncryptionConfigurationA as EncryptionDefault } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration/index.js";
import { TerraformCount, TerraformIterator, TerraformLocal, Testing } from "cdktf";
import { describe, expect, it } from "vitest";
import { BucketEncryption, ObjectStorageProvider } from "../../../constructs/index.js";
import { expression, newStack, stackOnOvhcloud } from "../synth.js";
import { bucketsIn, complaints, failure, rule, variable } from "./complaints.js";

describe("a default counts for the bucket that it names", () => {
  it.each([
    ["by its id", (bucket: S3Bucket) => bucket.id],
    ["by its name", (bucket: S3Bucket) => bucket.bucket],
    ["by its literal name", () => "acme-raw"],
    ["by a local", (bucket: S3Bucket) => new TerraformLocal(bucket.cdktfStack, "name", bucket.id).asString],
    [
      "by a local of its literal name",
      (bucket: S3Bucket) => new TerraformLocal(bucket.cdktfStack, "name", "acme-raw").asString,
    ],
    [
      "by a data source of it",
      (bucket: S3Bucket) => new DataAwsS3Bucket(bucket.cdktfStack, "found", { bucket: bucket.bucket }).id,
    ],
  ])("%s", (_, name) => {
    const { stack } = stackOnOvhcloud();
    const bucket = new S3Bucket(stack, "raw", { bucket: "acme-raw" });
    new EncryptionDefault(stack, "default", { bucket: name(bucket), rule });
    expect(failure(stack)).toBe("");
  });

  it.each([
    ["its id", (other: S3Bucket) => other.id],
    ["its literal name", () => "acme-other"],
    ["a local", (other: S3Bucket) => new TerraformLocal(other.cdktfStack, "name", other.id).asString],
    ["a data source", (other: S3Bucket) => new DataAwsS3Bucket(other.cdktfStack, "found", { bucket: "acme-other" }).id],
  ])("but not for another one, named by %s", (_, name) => {
    const { stack } = stackOnOvhcloud();
    new S3Bucket(stack, "raw", { bucket: "acme-raw" });
    const other = new S3Bucket(stack, "other", { bucket: "acme-other" });
    new EncryptionDefault(stack, "default", { bucket: name(other), rule });
    const text = failure(stack);
    expect(text).toMatch(/bucket "stack\/raw" has no encryption default \(/);
    expect(bucketsIn(text)).toEqual(["stack/raw"]);
  });

  it("by the variable that both share, and is doubtful for another variable", () => {
    const { stack } = stackOnOvhcloud();
    const [one, two] = ["one", "two"].map((id) => variable(stack, id));
    new S3Bucket(stack, "first", { bucket: `acme-${one}` });
    new S3Bucket(stack, "second", { bucket: `acme-${two}` });
    new S3Bucket(stack, "third", { bucket: `other-${two}` });
    new S3Bucket(stack, "unnamed");
    new BucketEncryption(stack, "default", { bucketName: `acme-${one}` });
    const text = failure(stack);
    expect(text).toMatch(/"stack\/second" has no encryption default that is certain.*"stack\/default\/encryption"/);
    expect(text).toMatch(/"stack\/third" has no encryption default \(/);
    expect(text).toMatch(/"stack\/unnamed" has no encryption default \(/);
    expect(text).not.toMatch(/stack\/first/);
  });
});

describe("the name of a bucket", () => {
  it("does not match a namesake on another store of the stack", () => {
    const { stack } = stackOnOvhcloud();
    const elsewhere = new ObjectStorageProvider(stack, "sbg", { provider: "ovhcloud", region: "sbg", alias: "sbg" });
    new S3Bucket(stack, "raw", { bucket: "acme-raw" });
    new BucketEncryption(stack, "default", { bucketName: "acme-raw", storage: elsewhere });
    expect(complaints(stack)).toEqual(["stack/raw"]);
  });

  it("matches through a second provider of the same store", () => {
    const { stack } = stackOnOvhcloud();
    const again = new ObjectStorageProvider(stack, "again", {
      provider: "ovhcloud",
      region: "gra",
      alias: "again",
      profile: "ops",
    });
    new S3Bucket(stack, "raw", { bucket: "acme-raw" });
    new BucketEncryption(stack, "default", { bucketName: "acme-raw", storage: again });
    expect(complaints(stack)).toEqual([]);
  });

  it.each([
    ["gra", []],
    ["sbg", ["first/raw"]],
  ])("matches from another stack only on the same store: %s", (region, expected) => {
    const app = Testing.app();
    const [first, second] = [newStack("first", app), newStack("second", app)];
    new ObjectStorageProvider(first, "storage", { provider: "ovhcloud", region: "gra" });
    new ObjectStorageProvider(second, "storage", { provider: "ovhcloud", region });
    new S3Bucket(first, "raw", { bucket: "acme-raw" });
    new BucketEncryption(second, "default", { bucketName: "acme-raw" });
    expect(complaints(first)).toEqual(expected);
  });

  it("is doubtful from a stack whose store is a variable", () => {
    const app = Testing.app();
    const [first, second] = [newStack("first", app), newStack("second", app)];
    new ObjectStorageProvider(first, "storage", { provider: "ovhcloud", region: "gra" });
    new ObjectStorageProvider(second, "storage", { provider: "ovhcloud", region: variable(second, "region") });
    new S3Bucket(first, "raw", { bucket: "acme-raw" });
    new BucketEncryption(second, "default", { bucketName: "acme-raw" });
    expect(failure(first)).toMatch(/no encryption default that is certain: only/);
  });
});

describe("a default that uses another provider", () => {
  // Its request reaches the bucket of that name in the other region, if there is one.
  it("does not count, though it refers to the bucket", () => {
    const { stack } = stackOnOvhcloud();
    const other = new ObjectStorageProvider(stack, "other", { provider: "ovhcloud", region: "sbg", alias: "sbg" });
    const forgotten = new S3Bucket(stack, "forgotten", { bucket: "acme-raw", provider: other.aws });
    new EncryptionDefault(stack, "default", { bucket: forgotten.bucket, rule });
    const given = new S3Bucket(stack, "given", { bucket: "acme-given", provider: other.aws });
    new EncryptionDefault(stack, "of-given", { bucket: given.bucket, provider: other.aws, rule });
    const text = failure(stack);
    expect(text).toMatch(
      /bucket "stack\/forgotten" has no encryption default that takes effect: the one at "stack\/default" uses.*; give it the provider of the bucket/,
    );
    expect(bucketsIn(text)).toEqual(["stack/forgotten"]);
  });

  it("counts if both are of one store and region", () => {
    const { stack } = stackOnOvhcloud();
    const again = new ObjectStorageProvider(stack, "again", { provider: "ovhcloud", region: "gra", alias: "again" });
    const bucket = new S3Bucket(stack, "raw", { bucket: "acme-raw", provider: again.aws });
    new EncryptionDefault(stack, "default", { bucket: bucket.id, rule });
    expect(failure(stack)).toBe("");
  });
});

describe("several instances", () => {
  const names = () => TerraformIterator.fromList(["acme-a", "acme-b"]);

  it("are covered by a default for each", () => {
    const { stack } = stackOnOvhcloud();
    const [iterator, count] = [names(), TerraformCount.of(3)];
    const each = new S3Bucket(stack, "each", { forEach: iterator, bucket: iterator.value });
    new EncryptionDefault(stack, "by-name", { forEach: iterator, bucket: iterator.value, rule });
    const chained = new S3Bucket(stack, "chained", { forEach: iterator, bucketPrefix: "x" });
    const ofChained = TerraformIterator.fromResources(chained);
    new EncryptionDefault(stack, "of-resources", { forEach: ofChained, bucket: ofChained.getString("id"), rule });
    const keyed = new S3Bucket(stack, "keyed", { forEach: iterator, bucketPrefix: "y" });
    const byKey = expression(`${keyed.terraformResourceType}.${keyed.friendlyUniqueId}[each.key].id`);
    new EncryptionDefault(stack, "by-key", { forEach: iterator, bucket: byKey, rule });
    new S3Bucket(stack, "counted", { count });
    new EncryptionDefault(stack, "by-index", {
      count,
      bucket: expression("aws_s3_bucket.counted[count.index].id"),
      rule,
    });
    const maybe = TerraformCount.of(expression("var.create ? 1 : 0") as never);
    new S3Bucket(stack, "maybe", { count: maybe });
    new EncryptionDefault(stack, "of-maybe", { count: maybe, bucket: expression("aws_s3_bucket.maybe[0].id"), rule });
    expect(failure(stack)).toBe("");
    expect(each.forEach).toBeDefined();
  });

  it("are not covered by fewer defaults", () => {
    const { stack } = stackOnOvhcloud();
    const iterator = names();
    new S3Bucket(stack, "counted", { count: TerraformCount.of(3) });
    const third = TerraformCount.of(1);
    new EncryptionDefault(stack, "one", { bucket: expression("aws_s3_bucket.counted[0].id"), rule });
    new EncryptionDefault(stack, "first", {
      count: third,
      bucket: expression("aws_s3_bucket.counted[count.index].id"),
      rule,
    });
    new S3Bucket(stack, "each", { forEach: iterator, bucket: iterator.value });
    const fewer = TerraformIterator.fromList(["acme-a"]);
    new EncryptionDefault(stack, "fewer", { forEach: fewer, bucket: fewer.value, rule });
    new S3Bucket(stack, "plain", { bucket: "acme-plain" });
    new EncryptionDefault(stack, "none", { count: TerraformCount.of(0), bucket: "acme-plain", rule });
    const text = failure(stack);
    for (const id of ["counted", "each", "plain"]) {
      expect(text).toMatch(new RegExp(`"stack/${id}" has no encryption default for every instance`));
    }
  });

  it("of a default cover the buckets that they spell out", () => {
    const { stack } = stackOnOvhcloud();
    const iterator = names();
    for (const id of ["a", "b", "c"]) new S3Bucket(stack, id, { bucket: `acme-${id}` });
    new EncryptionDefault(stack, "default", { forEach: iterator, bucket: iterator.value, rule });
    expect(complaints(stack)).toEqual(["stack/c"]);
  });
});
