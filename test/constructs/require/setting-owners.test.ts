import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket/index.js";
import { S3BucketCorsConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-cors-configuration/index.js";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration/index.js";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy/index.js";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block/index.js";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration/index.js";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning/index.js";
import { TerraformVariable, Testing } from "cdktf";
import { describe, expect, it } from "vitest";
import { BucketEncryption, EncryptedBucket, ObjectStorageProvider } from "../../../constructs/index.js";
import type { ProviderId } from "../../../providers/index.js";
import { expression, newStack, placeOf, stackOn, stackOnOvhcloud, synth } from "../synth.js";

const NAME = "acme-invoices";
const AES256 = [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }];
const RULES = [{ id: "old", status: "Enabled", filter: [{ prefix: "" }], expiration: [{ days: 9 }] }];

const bothSet = (setting: string, one: string, other: string) =>
  `"${one}" and "${other}" both set the ${setting} of one bucket`;

/** Two stacks of one app, each with a store. */
function twoStacks(one: ProviderId, other: ProviderId = one, props: { readonly profile?: string } = {}) {
  const app = Testing.app();
  const [first, second] = [newStack("first", app), newStack("second", app)];
  new ObjectStorageProvider(first, "storage", placeOf(one));
  new ObjectStorageProvider(second, "storage", { ...placeOf(other), ...props });
  return { first, second };
}

describe("an encryption default with two owners", () => {
  it("is refused if a BucketEncryption names or refers to an EncryptedBucket, with both paths", () => {
    const { stack } = stackOnOvhcloud();
    const bucket = new EncryptedBucket(stack, "invoices", { bucketName: NAME });
    new BucketEncryption(stack, "by-name", { bucketName: NAME });
    new BucketEncryption(stack, "by-reference", { bucketName: bucket.bucketName });
    expect(() => synth(stack)).toThrow(
      `[stack] ${bothSet("encryption default", "stack/invoices", "stack/by-name")}: each deployment overwrites the other's, and removing either removes the setting; remove "stack/by-name"`,
    );
    expect(() => synth(stack)).toThrow(bothSet("encryption default", "stack/invoices", "stack/by-reference"));
    expect(() => synth(stack)).toThrow(bothSet("encryption default", "stack/by-name", "stack/by-reference"));
  });

  it("is refused in two BucketEncryptions for one name, for one variable, and in two stacks", () => {
    const { stack } = stackOnOvhcloud();
    const { stringValue } = new TerraformVariable(stack, "name", {});
    for (const id of ["one", "other"]) new BucketEncryption(stack, id, { bucketName: NAME });
    for (const id of ["this", "that"]) new BucketEncryption(stack, id, { bucketName: stringValue });
    expect(() => synth(stack)).toThrow(bothSet("encryption default", "stack/one", "stack/other"));
    expect(() => synth(stack)).toThrow(bothSet("encryption default", "stack/this", "stack/that"));

    const { first, second } = twoStacks("ovhcloud");
    new BucketEncryption(first, "one", { bucketName: NAME });
    new BucketEncryption(second, "other", { bucketName: NAME });
    expect(() => synth(first)).toThrow(bothSet("encryption default", "first/one", "second/other"));
    expect(() => synth(second)).toThrow(bothSet("encryption default", "second/other", "first/one"));
  });

  it("is refused in a BucketEncryption that refers to a bucket of another stack", () => {
    const { first, second } = twoStacks("ovhcloud");
    const bucket = new EncryptedBucket(first, "invoices");
    new BucketEncryption(second, "again", { bucketName: bucket.bucketName });
    expect(() => synth(second)).toThrow(bothSet("encryption default", "second/again", "first/invoices"));
  });

  it("is refused beside a resource of the AWS provider, and beside a bucket's own block, also by an override", () => {
    const { stack, storage } = stackOnOvhcloud();
    const bucket = new EncryptedBucket(stack, "invoices", { bucketName: NAME });
    new S3BucketServerSideEncryptionConfigurationA(stack, "l1", {
      provider: storage.aws,
      bucket: bucket.bucket.id,
      rule: AES256,
    });
    bucket.bucket.addOverride("server_side_encryption_configuration", { rule: AES256 });
    const plain = new S3Bucket(stack, "plain", {
      provider: storage.aws,
      serverSideEncryptionConfiguration: { rule: { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } } },
    });
    new BucketEncryption(stack, "of-plain", { bucketName: plain.bucket });
    expect(() => synth(stack)).toThrow(bothSet("encryption default", "stack/invoices", "stack/l1"));
    expect(() => synth(stack)).toThrow(
      'removes the setting; remove server_side_encryption_configuration from "stack/invoices/bucket"',
    );
    expect(() => synth(stack)).toThrow(bothSet("encryption default", "stack/of-plain", "stack/plain"));
  });

  it("is accepted for one name in two stores, regions or accounts, and for another bucket", () => {
    const { first, second } = twoStacks("ovhcloud", "scaleway");
    for (const stack of [first, second]) new BucketEncryption(stack, "legacy", { bucketName: NAME });
    for (const stack of [first, second]) expect(() => synth(stack)).not.toThrow();

    const { stack, storage } = stackOnOvhcloud();
    const paris = new ObjectStorageProvider(stack, "paris", {
      provider: "ovhcloud",
      region: "eu-west-par",
      alias: "paris",
    });
    new BucketEncryption(stack, "here", { bucketName: NAME, storage });
    new BucketEncryption(stack, "there", { bucketName: NAME, storage: paris });
    new BucketEncryption(stack, "else", { bucketName: `${NAME}-2`, storage: paris });
    expect(() => synth(stack)).not.toThrow();
  });

  // Each tenant of Ceph has its own names. On OVHcloud a name belongs to one bucket for all
  // customers.
  it("is accepted for one name with other credentials only if the names of the store are not unique", () => {
    for (const [provider, isRefused] of [
      ["ceph-rgw", false],
      ["ovhcloud", true],
    ] as const) {
      const { first, second } = twoStacks(provider, provider, { profile: "tenant" });
      new BucketEncryption(first, "one", { bucketName: NAME });
      new BucketEncryption(second, "other", { bucketName: NAME });
      if (isRefused) expect(() => synth(first)).toThrow("both set the encryption default");
      else expect(() => synth(first)).not.toThrow();
    }
  });

  it("is ignored among resources that this library does not declare, or that may not exist", () => {
    const { stack, storage } = stackOnOvhcloud();
    const common = { provider: storage.aws, bucket: NAME, rule: AES256 };
    for (const id of ["one", "other"]) new S3BucketServerSideEncryptionConfigurationA(stack, id, common);
    const second = new BucketEncryption(stack, "else", { bucketName: "acme-else" });
    const conditional = new BucketEncryption(stack, "conditional", { bucketName: second.bucketName });
    conditional.encryption.addOverride("count", expression("var.on ? 1 : 0"));
    expect(() => synth(stack)).not.toThrow();
  });
});

describe("another setting with two owners", () => {
  it("is refused, with how to leave it to the other owner", () => {
    const { stack, storage } = stackOn("aws");
    const bucket = new EncryptedBucket(stack, "invoices", {
      bucketName: NAME,
      versioning: "enabled",
      cors: [{ allowedMethods: ["GET"], allowedOrigins: ["*"] }],
      enforceTls: true,
    });
    const common = { provider: storage.aws, bucket: bucket.bucketName };
    new S3BucketVersioningA(stack, "versioning", { ...common, versioningConfiguration: { status: "Suspended" } });
    new S3BucketLifecycleConfiguration(stack, "rules", { ...common, rule: RULES });
    new S3BucketPublicAccessBlock(stack, "public", common);
    new S3BucketCorsConfiguration(stack, "cors", {
      ...common,
      corsRule: [{ allowedMethods: ["PUT"], allowedOrigins: ["*"] }],
    });
    new S3BucketPolicy(stack, "policy", { provider: storage.aws, bucket: NAME, policy: "{}" });
    for (const [setting, id, wayOut] of [
      ["versioning", "versioning", "leave versioning, objectLock and defaultRetention out"],
      ["lifecycle rules", "rules", "give abortIncompleteMultipartUploadDays: false and no lifecycleRules"],
      ["public access block", "public", "give blockPublicAccess: false"],
      ["CORS rules", "cors", "leave cors out"],
      ["bucket policy", "policy", "add the statements with addToResourcePolicy"],
    ]) {
      expect(() => synth(stack)).toThrow(bothSet(`${setting}`, "stack/invoices", `stack/${id}`));
      expect(() => synth(stack)).toThrow(`remove "stack/${id}", or ${wayOut} in "stack/invoices"`);
    }
  });

  it("is refused if our rules are part of the bucket", () => {
    const { stack, storage } = stackOnOvhcloud();
    const { bucketName } = new EncryptedBucket(stack, "invoices", {
      bucketName: NAME,
      abortIncompleteMultipartUploadDays: 7,
    });
    new S3BucketLifecycleConfiguration(stack, "rules", { provider: storage.aws, bucket: bucketName, rule: RULES });
    expect(() => synth(stack)).toThrow(bothSet("lifecycle rules", "stack/invoices", "stack/rules"));
  });

  it("is accepted if the construct leaves it to the other owner", () => {
    const { stack, storage } = stackOnOvhcloud();
    const { bucketName } = new EncryptedBucket(stack, "invoices", {
      bucketName: NAME,
      abortIncompleteMultipartUploadDays: false,
    });
    const common = { provider: storage.aws, bucket: bucketName };
    new S3BucketLifecycleConfiguration(stack, "rules", { ...common, rule: RULES });
    new S3BucketVersioningA(stack, "versioning", { ...common, versioningConfiguration: { status: "Enabled" } });
    new S3BucketServerSideEncryptionConfigurationA(stack, "of-another", {
      provider: storage.aws,
      bucket: "acme-else",
      rule: AES256,
    });
    expect(() => synth(stack)).not.toThrow();
  });
});
