import { TerraformVariable } from "cdktf";
import { Construct } from "constructs";
import { describe, expect, it } from "vitest";
import { EncryptedBucket, ObjectStorageProvider } from "../../../constructs/index.js";
import { providers } from "../../../providers/index.js";
import { expression, newStack, stackOnOvhcloud, synth } from "../synth.js";

const AES256 = [{ apply_server_side_encryption_by_default: { sse_algorithm: "AES256" } }];

describe("EncryptedBucket", () => {
  it("declares a bucket and its AES256 default, and nothing that OVHcloud lacks", () => {
    const { stack } = stackOnOvhcloud();
    new EncryptedBucket(stack, "invoices", { bucketName: "acme-invoices" });
    const { resource, text } = synth(stack);
    expect(Object.keys(resource).sort()).toEqual([
      "aws_s3_bucket",
      "aws_s3_bucket_server_side_encryption_configuration",
    ]);
    const [[id, bucket] = []] = Object.entries(resource.aws_s3_bucket ?? {});
    expect(bucket).toMatchObject({ bucket: "acme-invoices", provider: "aws" });
    expect(Object.values(resource.aws_s3_bucket_server_side_encryption_configuration ?? {})).toEqual([
      { bucket: `\${aws_s3_bucket.${id}.id}`, provider: "aws", rule: AES256, lifecycle: { prevent_destroy: true } },
    ]);
    expect(text).not.toContain("blocked_encryption_types");
  });

  it("keeps its default with any other property", () => {
    const { stack, storage } = stackOnOvhcloud();
    // Plain JavaScript can pass these.
    const tries = { sseAlgorithm: "none", encryption: false, encrypted: false, rule: [], storage };
    const { encryption } = new EncryptedBucket(stack, "invoices", tries);
    expect(encryption.ruleInput).toEqual([{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }]);
  });

  it("exposes its parts: the bucket, its default, and the bucket as default child", () => {
    const { stack } = stackOnOvhcloud();
    const invoices = new EncryptedBucket(stack, "invoices");
    invoices.bucket.addOverride("force_destroy", true);
    expect(invoices.node.defaultChild).toBe(invoices.bucket);
    expect(Object.values(synth(stack).resource.aws_s3_bucket ?? {})).toMatchObject([
      { force_destroy: true, provider: "aws" },
    ]);
  });

  it("keeps the ids that Terraform state hangs on", () => {
    const { stack } = stackOnOvhcloud();
    const { bucket, encryption } = new EncryptedBucket(stack, "invoices");
    expect([bucket.friendlyUniqueId, encryption.friendlyUniqueId]).toEqual([
      "invoices_bucket_E7F27FA9",
      "invoices_encryption_40C89361",
    ]);
  });

  it("belongs to the given store", () => {
    const { stack } = stackOnOvhcloud();
    const storage = new ObjectStorageProvider(stack, "sbg", { provider: "ovhcloud", region: "sbg", alias: "sbg" });
    new EncryptedBucket(stack, "invoices", { storage });
    expect(Object.values(synth(stack).resource.aws_s3_bucket ?? {})).toMatchObject([{ provider: "aws.sbg" }]);
  });

  it("explains what to do in a stack with no store or with two", () => {
    expect(() => new EncryptedBucket(newStack(), "invoices")).toThrow(
      /"stack\/invoices" has no store.*create one before it, or pass it as storage/,
    );
    const { stack } = stackOnOvhcloud();
    new ObjectStorageProvider(stack, "sbg", { provider: "ovhcloud", region: "sbg", alias: "sbg" });
    expect(() => new EncryptedBucket(stack, "invoices")).toThrow(
      /several stores \("stack\/storage", "stack\/sbg"\); pass the one/,
    );
  });

  it("refuses a store that has no default to declare, with the source and an alternative", () => {
    const stack = newStack();
    const endpoint = "https://0123.r2.cloudflarestorage.com";
    new ObjectStorageProvider(stack, "storage", { provider: "cloudflare-r2", endpoint });
    expect(() => new EncryptedBucket(stack, "invoices")).toThrow(
      /Cloudflare R2 has no default encryption of buckets \(https:.*\); it encrypts every object by itself/,
    );
  });
});

describe.each(Object.values(providers))("on $name", ({ id, subResources, regions }) => {
  const stack = newStack();
  new ObjectStorageProvider(stack, "storage", {
    provider: id,
    region: regions.value[0]?.id ?? "eu-1",
    ...(providers[id].endpoint.value.template === null ? { endpoint: "https://s3.example.org" } : {}),
  });
  const declare = () => new EncryptedBucket(stack, "invoices");

  if (subResources.encryption.value === "unsupported") {
    it("an EncryptedBucket is refused, since there is no default to declare", () => {
      expect(declare).toThrow(subResources.encryption.source);
    });
  } else {
    it("an EncryptedBucket declares a bucket with an AES256 default", () => {
      declare();
      const { aws_s3_bucket_server_side_encryption_configuration: defaults = {} } = synth(stack).resource;
      expect(Object.values(defaults)).toEqual([expect.objectContaining({ rule: AES256 })]);
    });
  }
});

describe("the output of an EncryptedBucket", () => {
  it("names bucket, endpoint, region and provider, and depends on the default", () => {
    const { stack } = stackOnOvhcloud();
    const { bucket, encryption } = new EncryptedBucket(stack, "invoices", { bucketName: "acme-invoices" });
    expect(synth(stack).output).toEqual({
      bucketseal_invoices: {
        value: {
          bucketseal: 1,
          bucket: "acme-invoices",
          endpoint: "https://s3.gra.io.cloud.ovh.net",
          region: "gra",
          provider: "ovhcloud",
        },
        depends_on: [
          `aws_s3_bucket.${bucket.friendlyUniqueId}`,
          `aws_s3_bucket_server_side_encryption_configuration.${encryption.friendlyUniqueId}`,
        ],
      },
    });
  });

  it("refers to the bucket if Terraform generates the name", () => {
    const { stack } = stackOnOvhcloud();
    const { bucket } = new EncryptedBucket(stack, "invoices");
    const value = { bucket: `\${aws_s3_bucket.${bucket.friendlyUniqueId}.bucket}` };
    expect(synth(stack).output.bucketseal_invoices).toMatchObject({ value });
  });

  it("keeps a name from a variable as a reference", () => {
    const { stack } = stackOnOvhcloud();
    const bucketName = new TerraformVariable(stack, "name", {}).stringValue;
    new EncryptedBucket(stack, "invoices", { bucketName });
    expect(synth(stack).output.bucketseal_invoices).toMatchObject({ value: { bucket: expression("var.name") } });
  });

  it("is unique for each bucket, even if their paths read alike", () => {
    const { stack } = stackOnOvhcloud();
    new EncryptedBucket(new Construct(stack, "a"), "b_c");
    new EncryptedBucket(new Construct(stack, "a_b"), "c");
    new EncryptedBucket(stack, "a_b_c");
    new EncryptedBucket(stack, "a.b.c");
    const names = Object.keys(synth(stack).output);
    expect(new Set(names).size).toBe(4);
    expect(names).toContain("bucketseal_a_b_c");
    expect(names.filter((name) => !/^bucketseal_[A-Za-z0-9_-]+$/.test(name))).toEqual([]);
  });
});
