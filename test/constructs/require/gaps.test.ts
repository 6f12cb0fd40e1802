import { DataAwsS3Bucket } from "@cdktf/provider-aws/lib/data-aws-s3-bucket/index.js";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider/index.js";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket/index.js";
import { S3BucketServerSideEncryptionConfigurationA as EncryptionDefault } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration/index.js";
import { TerraformHclModule, TerraformIterator, TerraformResource, type TerraformStack, Testing } from "cdktf";
import { describe, expect, it } from "vitest";
import {
  EncryptedBucket,
  ObjectStorageProvider,
  RequireEncryption,
  type RequireEncryptionProps,
} from "../../../constructs/index.js";
import { expression, newStack, stackOnOvhcloud, synthApp } from "../synth.js";
import { bucketsIn, complaints, failure, rule, variable } from "./complaints.js";

describe("an encryption default", () => {
  it.each([
    ["names no algorithm", [{ bucketKeyEnabled: true }]],
    ["names one that no store knows", [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "none" } }]],
  ])("does not count if it %s", (_, given) => {
    const { stack } = stackOnOvhcloud();
    const bucket = new S3Bucket(stack, "raw");
    new EncryptionDefault(stack, "default", { bucket: bucket.id, rule: given });
    expect(failure(stack)).toMatch(/no encryption default that is valid: the one at "stack\/default"/);
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

  it("counts inside the bucket too, in the older form", () => {
    const { stack } = stackOnOvhcloud();
    const [inline] = rule;
    new S3Bucket(stack, "raw", { serverSideEncryptionConfiguration: { rule: inline as NonNullable<typeof inline> } });
    expect(complaints(stack)).toEqual([]);
  });
});

describe("overrides", () => {
  const block = { rule: { apply_server_side_encryption_by_default: { sse_algorithm: "AES256" } } };

  it("count if they add a default", () => {
    const { stack } = stackOnOvhcloud();
    new S3Bucket(stack, "raw").addOverride("server_side_encryption_configuration", block);
    expect(failure(stack)).toBe("");
  });

  it("count if they remove one", () => {
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

  it("of the stack are read, and a bucket that exists only there is named", () => {
    const { stack } = stackOnOvhcloud();
    const sealed = new EncryptedBucket(stack, "sealed");
    const id = sealed.encryption.friendlyUniqueId;
    stack.addOverride(`resource.aws_s3_bucket_server_side_encryption_configuration.${id}.rule`, null);
    stack.addOverride("resource.aws_s3_bucket.smuggled.bucket", "acme-smuggled");
    const text = failure(stack);
    expect(text).toMatch(/bucket "stack\/sealed\/bucket" has no encryption default that is valid/);
    expect(text).toMatch(/stack "stack" declares aws_s3_bucket\.smuggled in an override/);
  });

  it("of the stack are named for OVHcloud's resource too, and if another resource has the id", () => {
    const { stack } = stackOnOvhcloud();
    new TerraformResource(stack, "topic", { terraformResourceType: "aws_sns_topic" });
    stack.addOverride("resource.aws_s3_bucket.topic.bucket", "acme-smuggled");
    stack.addOverride("resource.ovh_cloud_project_storage.smuggled.name", "acme-too");
    const text = failure(stack);
    expect(text).toMatch(/stack "stack" declares aws_s3_bucket\.topic in an override/);
    expect(text).toMatch(/stack "stack" declares ovh_cloud_project_storage\.smuggled in an override/);
  });

  it("of an existing construct do not make a bucket of their own", () => {
    const { stack } = stackOnOvhcloud();
    const sealed = new EncryptedBucket(stack, "sealed");
    stack.addOverride(`resource.aws_s3_bucket.${sealed.bucket.friendlyUniqueId}.force_destroy`, true);
    expect(failure(stack)).toBe("");
  });

  it("do not bring back a default that was removed from the tree", () => {
    const { stack } = stackOnOvhcloud();
    new EncryptedBucket(stack, "sealed").node.tryRemoveChild("encryption");
    expect(complaints(stack)).toEqual(["stack/sealed/bucket"]);
  });
});

describe("a bucket", () => {
  it("is recognised by its resource type, from any class", () => {
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

  it("may be imported", () => {
    const { stack } = stackOnOvhcloud();
    new S3Bucket(stack, "imported", { bucket: "acme-old" }).importFrom("acme-old");
    expect(complaints(stack)).toEqual(["stack/imported"]);
  });

  it("may be OVHcloud's own resource, with its encryption block or a default that refers to it", () => {
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
    expect(text).toMatch(/"stack\/variable" has no encryption default that is certain, because its own/);
    expect(text).not.toMatch(/sealed|referred/);
  });
});

describe("a store that encrypts everything and has no default to declare", () => {
  it("needs none, and a plain bucket of another store does", () => {
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

function appWithModule(props?: RequireEncryptionProps) {
  const app = Testing.app();
  const stack = newStack("stack", app);
  new TerraformHclModule(stack, "legacy", { source: "terraform-aws-modules/s3-bucket/aws" });
  RequireEncryption.everywhereIn(app, props);
  return { app, stack };
}

const WORDS = /module "stack\/legacy" \(terraform-aws-modules\/s3-bucket\/aws\) was not checked/;

describe("a Terraform module, whose buckets are invisible", () => {
  it.each([["error"], ["warn"], ["fix"]] as const)("causes a warning in the mode %s", (mode) => {
    const { annotations } = synthApp(appWithModule({ mode }).app);
    expect(annotations).toEqual([
      expect.objectContaining({ level: "@cdktf/warn", message: expect.stringMatching(WORDS) }),
    ]);
  });

  it("causes an error if asked to, and nothing if it is accepted", () => {
    expect(() => appWithModule({ modules: "error" }).app.synth()).toThrow(WORDS);
    expect(synthApp(appWithModule({ modules: "ignore" }).app).annotations).toEqual([]);
  });

  it("is seen by the aspect too", () => {
    const stack = newStack();
    new TerraformHclModule(stack, "legacy", { source: "terraform-aws-modules/s3-bucket/aws" });
    expect(failure(stack, { modules: "error" })).toMatch(WORDS);
  });
});
