import { DataAwsS3Bucket } from "@cdktf/provider-aws/lib/data-aws-s3-bucket/index.js";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider/index.js";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket/index.js";
import { S3BucketServerSideEncryptionConfigurationA as EncryptionDefault } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration/index.js";
import {
  TerraformCount,
  TerraformIterator,
  TerraformLocal,
  TerraformResource,
  type TerraformStack,
  TerraformVariable,
  Testing,
} from "cdktf";
import { describe, expect, it } from "vitest";
import { BucketEncryption, EncryptedBucket, ObjectStorageProvider } from "../../../constructs/index.js";
import { expression, newStack, stackOnOvhcloud } from "../synth.js";
import { bucketsIn, complaints, failure, rule } from "./complaints.js";

function variable(stack: TerraformStack, id: string): string {
  return new TerraformVariable(stack, id, {}).stringValue;
}

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
  ])("and not for another, named by %s", (_, name) => {
    const { stack } = stackOnOvhcloud();
    new S3Bucket(stack, "raw", { bucket: "acme-raw" });
    const other = new S3Bucket(stack, "other", { bucket: "acme-other" });
    new EncryptionDefault(stack, "default", { bucket: name(other), rule });
    const text = failure(stack);
    expect(text).toMatch(/bucket "stack\/raw" has no encryption default \(/);
    expect(bucketsIn(text)).toEqual(["stack/raw"]);
  });

  it("by the variable that both share, and is doubtful for one of another variable", () => {
    const { stack } = stackOnOvhcloud();
    const [one, two] = ["one", "two"].map((id) => variable(stack, id));
    new S3Bucket(stack, "first", { bucket: `acme-${one}` });
    new S3Bucket(stack, "second", { bucket: `acme-${two}` });
    new S3Bucket(stack, "third", { bucket: `other-${two}` });
    new S3Bucket(stack, "unnamed");
    new BucketEncryption(stack, "default", { bucketName: `acme-${one}` });
    const text = failure(stack);
    expect(text).toMatch(
      /"stack\/second" has no encryption default that is certain to be its own.*"stack\/default\/encryption"/,
    );
    expect(text).toMatch(/"stack\/third" has no encryption default \(/);
    expect(text).toMatch(/"stack\/unnamed" has no encryption default \(/);
    expect(text).not.toMatch(/stack\/first/);
  });
});

describe("a name means one bucket in one store alone", () => {
  it("so the default of a namesake on another store of the stack does not count", () => {
    const { stack } = stackOnOvhcloud();
    const elsewhere = new ObjectStorageProvider(stack, "sbg", { provider: "ovhcloud", region: "sbg", alias: "sbg" });
    new S3Bucket(stack, "raw", { bucket: "acme-raw" });
    new BucketEncryption(stack, "default", { bucketName: "acme-raw", storage: elsewhere });
    expect(complaints(stack)).toEqual(["stack/raw"]);
  });

  it("so a second provider of the same store will do", () => {
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
  ])("so from another stack it counts where that is of the same store: %s", (region, expected) => {
    const app = Testing.app();
    const [first, second] = [newStack("first", app), newStack("second", app)];
    new ObjectStorageProvider(first, "storage", { provider: "ovhcloud", region: "gra" });
    new ObjectStorageProvider(second, "storage", { provider: "ovhcloud", region });
    new S3Bucket(first, "raw", { bucket: "acme-raw" });
    new BucketEncryption(second, "default", { bucketName: "acme-raw" });
    expect(complaints(first)).toEqual(expected);
  });

  it("so from a stack whose store is a variable it is doubtful", () => {
    const app = Testing.app();
    const [first, second] = [newStack("first", app), newStack("second", app)];
    new ObjectStorageProvider(first, "storage", { provider: "ovhcloud", region: "gra" });
    new ObjectStorageProvider(second, "storage", { provider: "ovhcloud", region: variable(second, "region") });
    new S3Bucket(first, "raw", { bucket: "acme-raw" });
    new BucketEncryption(second, "default", { bucketName: "acme-raw" });
    expect(failure(first)).toMatch(/no encryption default that is certain to be its own/);
  });
});

describe("what a default says", () => {
  it.each([
    ["names no algorithm", [{ bucketKeyEnabled: true }]],
    ["names one that no store knows", [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "none" } }]],
  ])("does not count where it %s", (_, given) => {
    const { stack } = stackOnOvhcloud();
    const bucket = new S3Bucket(stack, "raw");
    new EncryptionDefault(stack, "default", { bucket: bucket.id, rule: given });
    expect(failure(stack)).toMatch(/no encryption default with an algorithm: the one at "stack\/default"/);
  });

  it.each([
    ["keys of a KMS", () => [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms" } }]],
    [
      "an algorithm in a variable",
      (stack: TerraformStack) => [
        { applyServerSideEncryptionByDefault: { sseAlgorithm: variable(stack, "algorithm") } },
      ],
    ],
    [
      "rules made by a dynamic block",
      () =>
        TerraformIterator.fromList(["AES256"]).dynamic({
          apply_server_side_encryption_by_default: { sse_algorithm: "AES256" },
        }) as never,
    ],
  ])("counts with %s", (_, given) => {
    const { stack } = stackOnOvhcloud();
    const bucket = new S3Bucket(stack, "raw");
    new EncryptionDefault(stack, "default", { bucket: bucket.id, rule: given(stack) });
    expect(failure(stack)).toBe("");
  });

  it("counts inside the bucket too, the older way", () => {
    const { stack } = stackOnOvhcloud();
    const [inline] = rule;
    new S3Bucket(stack, "raw", { serverSideEncryptionConfiguration: { rule: inline as NonNullable<typeof inline> } });
    expect(complaints(stack)).toEqual([]);
  });
});

describe("a default that goes through another provider", () => {
  // Its request reaches the bucket of that name in the other region, where there may be one.
  it("does not count, though it refers to the bucket", () => {
    const { stack } = stackOnOvhcloud();
    const other = new ObjectStorageProvider(stack, "other", { provider: "ovhcloud", region: "sbg", alias: "sbg" });
    const forgotten = new S3Bucket(stack, "forgotten", { bucket: "acme-raw", provider: other.aws });
    new EncryptionDefault(stack, "default", { bucket: forgotten.bucket, rule });
    const given = new S3Bucket(stack, "given", { bucket: "acme-given", provider: other.aws });
    new EncryptionDefault(stack, "of-given", { bucket: given.bucket, provider: other.aws, rule });
    const text = failure(stack);
    expect(text).toMatch(
      /bucket "stack\/forgotten" has no encryption default that reaches it: the one at "stack\/default" goes through.*; give it the provider of the bucket/,
    );
    expect(bucketsIn(text)).toEqual(["stack/forgotten"]);
  });

  it("counts where both are of one store and region", () => {
    const { stack } = stackOnOvhcloud();
    const again = new ObjectStorageProvider(stack, "again", { provider: "ovhcloud", region: "gra", alias: "again" });
    const bucket = new S3Bucket(stack, "raw", { bucket: "acme-raw", provider: again.aws });
    new EncryptionDefault(stack, "default", { bucket: bucket.id, rule });
    expect(failure(stack)).toBe("");
  });
});

describe("overrides", () => {
  const block = { rule: { apply_server_side_encryption_by_default: { sse_algorithm: "AES256" } } };

  it("that add a default count", () => {
    const { stack } = stackOnOvhcloud();
    new S3Bucket(stack, "raw").addOverride("server_side_encryption_configuration", block);
    expect(failure(stack)).toBe("");
  });

  it("that take one away do, too", () => {
    const { stack } = stackOnOvhcloud();
    const sealed = new EncryptedBucket(stack, "sealed");
    sealed.encryption.addOverride("rule", undefined);
    new S3Bucket(stack, "inline", { serverSideEncryptionConfiguration: { rule: rule[0] as never } }).addOverride(
      "server_side_encryption_configuration",
      undefined,
    );
    const moved = new EncryptedBucket(stack, "renamed");
    moved.encryption.addOverride("bucket", "acme-other");
    expect(complaints(stack)).toEqual(["stack/sealed/bucket", "stack/inline", "stack/renamed/bucket"]);
  });

  it("of the stack are read, and what is declared there alone is named", () => {
    const { stack } = stackOnOvhcloud();
    const sealed = new EncryptedBucket(stack, "sealed");
    const id = sealed.encryption.friendlyUniqueId;
    stack.addOverride(`resource.aws_s3_bucket_server_side_encryption_configuration.${id}.rule`, null);
    stack.addOverride("resource.aws_s3_bucket.smuggled.bucket", "acme-smuggled");
    const text = failure(stack);
    expect(text).toMatch(/bucket "stack\/sealed\/bucket" has no encryption default with an algorithm/);
    expect(text).toMatch(/stack "stack" declares aws_s3_bucket\.smuggled by an override/);
  });

  it("of the stack are named for OVHcloud's own resource too, and where another resource has the id", () => {
    const { stack } = stackOnOvhcloud();
    new TerraformResource(stack, "topic", { terraformResourceType: "aws_sns_topic" });
    stack.addOverride("resource.aws_s3_bucket.topic.bucket", "acme-smuggled");
    stack.addOverride("resource.ovh_cloud_project_storage.smuggled.name", "acme-too");
    const text = failure(stack);
    expect(text).toMatch(/stack "stack" declares aws_s3_bucket\.topic by an override/);
    expect(text).toMatch(/stack "stack" declares ovh_cloud_project_storage\.smuggled by an override/);
  });

  it("of a construct that is there are no bucket of their own", () => {
    const { stack } = stackOnOvhcloud();
    const sealed = new EncryptedBucket(stack, "sealed");
    stack.addOverride(`resource.aws_s3_bucket.${sealed.bucket.friendlyUniqueId}.force_destroy`, true);
    expect(failure(stack)).toBe("");
  });

  it("a default that was taken out of the tree is not there", () => {
    const { stack } = stackOnOvhcloud();
    new EncryptedBucket(stack, "sealed").node.tryRemoveChild("encryption");
    expect(complaints(stack)).toEqual(["stack/sealed/bucket"]);
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

  it("are not covered by fewer", () => {
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

describe("what makes a bucket", () => {
  it("is its resource type, whatever class it comes from", () => {
    const { stack, storage } = stackOnOvhcloud();
    const other = new TerraformResource(stack, "other", {
      terraformResourceType: "aws_s3_bucket",
      provider: storage.aws,
    });
    other.addOverride("bucket", "acme-other");
    const sealed = new TerraformResource(stack, "sealed", { terraformResourceType: "aws_s3_bucket" });
    const theirs = new TerraformResource(stack, "theirs", {
      terraformResourceType: "aws_s3_bucket_server_side_encryption_configuration",
    });
    theirs.addOverride("bucket", sealed.getStringAttribute("id"));
    theirs.addOverride("rule", [{ apply_server_side_encryption_by_default: { sse_algorithm: "AES256" } }]);
    const text = failure(stack);
    expect(text).toMatch(/"stack\/other" has no encryption default \(where it was created is not known\)/);
    expect(bucketsIn(text)).toEqual(["stack/other"]);
  });

  it("is not a data source, a directory bucket, or one that was moved away", () => {
    const { stack } = stackOnOvhcloud();
    new DataAwsS3Bucket(stack, "found", { bucket: "acme-found" });
    new TerraformResource(stack, "express", { terraformResourceType: "aws_s3_directory_bucket" });
    const target = new EncryptedBucket(stack, "sealed");
    target.bucket.addMoveTarget("here");
    new S3Bucket(stack, "moved").moveTo("here");
    expect(failure(stack)).toBe("");
  });

  it("is one that is imported, like any other", () => {
    const { stack } = stackOnOvhcloud();
    new S3Bucket(stack, "imported", { bucket: "acme-old" }).importFrom("acme-old");
    expect(complaints(stack)).toEqual(["stack/imported"]);
  });

  it("is OVHcloud's own resource, by its encryption block or a default that refers to it", () => {
    const { stack } = stackOnOvhcloud();
    const declare = (id: string, encryption?: object) => {
      const bucket = new TerraformResource(stack, id, { terraformResourceType: "ovh_cloud_project_storage" });
      bucket.addOverride("name", `acme-${id}`);
      if (encryption !== undefined) bucket.addOverride("encryption", encryption);
      return bucket;
    };
    declare("sealed", { sse_algorithm: "AES256" });
    declare("silent");
    declare("plaintext", { sse_algorithm: "plaintext" });
    declare("variable", { sse_algorithm: expression("var.algorithm") });
    new EncryptionDefault(stack, "default", { bucket: declare("referred").getStringAttribute("name"), rule });
    const text = failure(stack);
    for (const id of ["silent", "plaintext"]) {
      expect(text).toMatch(
        new RegExp(`"stack/${id}" has no encryption default \\(.*set its encryption\\.sse_algorithm to "AES256"`),
      );
    }
    expect(text).toMatch(/"stack\/variable" has no encryption default that is certain, since its own/);
    expect(text).not.toMatch(/sealed|referred/);
  });
});

describe("a store that encrypts everything and has no default to declare", () => {
  it("needs none, which a plain bucket of another store does", () => {
    const stack = newStack();
    const r2 = new ObjectStorageProvider(stack, "r2", {
      provider: "cloudflare-r2",
      endpoint: "https://account.r2.cloudflarestorage.com",
      alias: "r2",
    });
    new AwsProvider(stack, "aws", { region: "eu-west-3" });
    new S3Bucket(stack, "on-r2", { provider: r2.aws });
    new S3Bucket(stack, "on-aws");
    expect(complaints(stack)).toEqual(["stack/on-aws"]);
  });
});
