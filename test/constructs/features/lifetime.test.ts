import { TerraformVariable, Testing } from "cdktf";
import { describe, expect, it } from "vitest";
import {
  BucketEncryption,
  EncryptedBucket,
  type EncryptedBucketProps,
  ObjectStorageProvider,
} from "../../../constructs/index.js";
import type { ProviderId } from "../../../providers/index.js";
import { findExecutable } from "../../servers/programs.js";
import { newStack, stackOn, stackOnOvhcloud, synth } from "../synth.js";

const GUARD = { prevent_destroy: true };

function declared(props: EncryptedBucketProps) {
  const { stack } = stackOnOvhcloud();
  new EncryptedBucket(stack, "invoices", props);
  const { resource } = synth(stack);
  const [bucket] = Object.values(resource.aws_s3_bucket ?? {});
  const [encryption] = Object.values(resource.aws_s3_bucket_server_side_encryption_configuration ?? {});
  return { bucket, encryption };
}

describe("removal of an EncryptedBucket", () => {
  it.each([{}, { removal: "retain" }] as const)("is prevented with %j, for its default too", (props) => {
    const { bucket, encryption } = declared(props);
    expect(bucket).toMatchObject({ lifecycle: GUARD });
    expect(encryption).toMatchObject({ lifecycle: GUARD });
    expect(bucket).not.toHaveProperty("force_destroy");
  });

  it("is allowed with destroy if the bucket is empty", () => {
    const { bucket, encryption } = declared({ removal: "destroy" });
    expect(JSON.stringify([bucket, encryption])).not.toMatch(/prevent_destroy|force_destroy/);
  });

  it("deletes the contents only if destroyWithContents asks for it", () => {
    const { bucket, encryption } = declared({ removal: "destroyWithContents" });
    expect(bucket).toMatchObject({ force_destroy: true });
    expect(JSON.stringify([bucket, encryption])).not.toContain("prevent_destroy");
  });

  it("is refused with an unknown value, and then prevents nothing by mistake", () => {
    expect(() => declared({ removal: "delete" as never })).toThrow(
      'removal "delete" is not known; give one of "retain", "destroy", "destroyWithContents"',
    );
  });
});

describe("removal of a BucketEncryption", () => {
  it("is prevented by default", () => {
    const { stack } = stackOn("ovhcloud");
    new BucketEncryption(stack, "kept", { bucketName: "acme-kept" });
    new BucketEncryption(stack, "free", { bucketName: "acme-free", removal: "destroy" });
    const found = Object.values(synth(stack).resource.aws_s3_bucket_server_side_encryption_configuration ?? {});
    expect(found.map(({ bucket, lifecycle }) => [bucket, lifecycle])).toEqual([
      ["acme-free", undefined],
      ["acme-kept", GUARD],
    ]);
  });

  it("has no contents to delete", () => {
    const { stack } = stackOn("ovhcloud");
    new BucketEncryption(stack, "kept", { bucketName: "acme-kept", removal: "destroyWithContents" as never });
    expect(() => synth(stack)).toThrow('removal "destroyWithContents" is not known; give one of "retain", "destroy"');
  });
});

describe("importing", () => {
  function declared(provider: ProviderId, props: EncryptedBucketProps) {
    const { stack } = stackOn(provider);
    const { bucket } = new EncryptedBucket(stack, "legacy", {
      bucketName: "acme-legacy",
      importExisting: true,
      ...props,
    });
    // Without its validations, one of which needs Terraform.
    const json = JSON.parse(Testing.synth(stack)) as {
      resource: Record<string, Record<string, object>>;
      import?: object;
    };
    return { ...json, address: bucket.friendlyUniqueId, types: Object.keys(json.resource).sort() };
  }

  describe("an existing bucket", () => {
    it("is imported by its name, and its default is declared", () => {
      const { import: blocks, address, types } = declared("ovhcloud", {});
      expect(blocks).toEqual([{ provider: "aws", id: "acme-legacy", to: `aws_s3_bucket.${address}` }]);
      expect(types).toEqual(["aws_s3_bucket", "aws_s3_bucket_server_side_encryption_configuration"]);
    });

    it("is imported by the provider of its store", () => {
      const stack = newStack();
      new ObjectStorageProvider(stack, "gra", { provider: "ovhcloud", region: "gra" });
      const storage = new ObjectStorageProvider(stack, "sbg", { provider: "ovhcloud", region: "sbg", alias: "sbg" });
      new EncryptedBucket(stack, "legacy", { bucketName: "acme-legacy", importExisting: true, storage });
      expect(JSON.parse(Testing.synth(stack))).toMatchObject({ import: [{ provider: "aws.sbg" }] });
    });

    it.each(["ovhcloud", "aws"] as const)("keeps all settings that no property names, on %s", (provider) => {
      const { resource, types } = declared(provider, {});
      expect(Object.values(resource.aws_s3_bucket ?? {})).toMatchObject([
        { lifecycle: { prevent_destroy: true, ignore_changes: ["tags", "tags_all"] } },
      ]);
      expect(Object.values(resource.aws_s3_bucket ?? {})[0]).not.toHaveProperty("lifecycle_rule");
      expect(types).toEqual(["aws_s3_bucket", "aws_s3_bucket_server_side_encryption_configuration"]);
    });

    it("gets the settings that properties name", () => {
      const { resource, types } = declared("aws", { tags: { a: "b" }, blockPublicAccess: true, versioning: "enabled" });
      const [bucket] = Object.values(resource.aws_s3_bucket ?? {});
      expect(bucket).toMatchObject({ tags: { a: "b" }, lifecycle: { prevent_destroy: true } });
      expect(JSON.stringify(bucket)).not.toContain("ignore_changes");
      expect(types).toEqual(expect.arrayContaining(["aws_s3_bucket_public_access_block", "aws_s3_bucket_versioning"]));
      expect(types).not.toContain("aws_s3_bucket_ownership_controls");
    });

    it("is not imported by default: the same declaration creates a bucket", () => {
      const { import: blocks, resource } = declared("ovhcloud", { importExisting: false });
      expect(blocks).toBeUndefined();
      expect(JSON.stringify(resource)).not.toContain("ignore_changes");
    });
  });

  const noTerraform = findExecutable("terraform") === undefined ? " (skipped: terraform is not on the PATH)" : "";

  describe.skipIf(noTerraform !== "")(`an import${noTerraform}`, () => {
    it("accepts a name that is known at synth", () => {
      const { stack } = stackOn("ovhcloud");
      new EncryptedBucket(stack, "legacy", { bucketName: "acme-legacy", importExisting: true });
      expect(() => synth(stack)).not.toThrow();
    });

    it("refuses a missing name, and one that only Terraform knows", () => {
      const { stack } = stackOn("ovhcloud");
      new EncryptedBucket(stack, "nameless", { importExisting: true });
      const bucketName = new TerraformVariable(stack, "name", {}).stringValue;
      new EncryptedBucket(stack, "late", { importExisting: true, bucketName });
      expect(() => synth(stack)).toThrow(
        /\[stack\/nameless\] importExisting needs the bucketName of the bucket that exists[\s\S]*\[stack\/late\] importExisting needs a bucketName that is known at synth, not a reference/,
      );
    });
  });
});
