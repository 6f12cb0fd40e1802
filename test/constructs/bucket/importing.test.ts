import { TerraformVariable, Testing } from "cdktf";
import { describe, expect, it } from "vitest";
import { EncryptedBucket, type EncryptedBucketProps, ObjectStorageProvider } from "../../../constructs/index.js";
import type { ProviderId } from "../../../providers/index.js";
import { findExecutable } from "../../servers/find-executable.js";
import { newStack, stackOn, synth } from "../synth.js";

function declared(provider: ProviderId, props: EncryptedBucketProps) {
  const { stack } = stackOn(provider);
  const { bucket } = new EncryptedBucket(stack, "legacy", {
    bucketName: "acme-legacy",
    importExisting: true,
    ...props,
  });
  // Without its validations, one of which asks for Terraform.
  const json = JSON.parse(Testing.synth(stack)) as {
    resource: Record<string, Record<string, object>>;
    import?: object;
  };
  return { ...json, address: bucket.friendlyUniqueId, types: Object.keys(json.resource).sort() };
}

describe("a bucket that exists", () => {
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

  it.each(["ovhcloud", "aws"] as const)("keeps what no property names, on %s", (provider) => {
    const { resource, types } = declared(provider, {});
    expect(Object.values(resource.aws_s3_bucket ?? {})).toMatchObject([
      { lifecycle: { prevent_destroy: true, ignore_changes: ["tags", "tags_all"] } },
    ]);
    expect(Object.values(resource.aws_s3_bucket ?? {})[0]).not.toHaveProperty("lifecycle_rule");
    expect(types).toEqual(["aws_s3_bucket", "aws_s3_bucket_server_side_encryption_configuration"]);
  });

  it("gets what properties name", () => {
    const { resource, types } = declared("aws", { tags: { a: "b" }, blockPublicAccess: true, versioning: "enabled" });
    const [bucket] = Object.values(resource.aws_s3_bucket ?? {});
    expect(bucket).toMatchObject({ tags: { a: "b" }, lifecycle: { prevent_destroy: true } });
    expect(JSON.stringify(bucket)).not.toContain("ignore_changes");
    expect(types).toEqual(expect.arrayContaining(["aws_s3_bucket_public_access_block", "aws_s3_bucket_versioning"]));
    expect(types).not.toContain("aws_s3_bucket_ownership_controls");
  });

  it("is not imported where nobody asks for it: the same declaration makes a bucket", () => {
    const { import: blocks, resource } = declared("ovhcloud", { importExisting: false });
    expect(blocks).toBeUndefined();
    expect(JSON.stringify(resource)).not.toContain("ignore_changes");
  });
});

const noTerraform = findExecutable("terraform") === undefined ? " (skipped: terraform is not on the PATH)" : "";

describe.skipIf(noTerraform !== "")(`an import${noTerraform}`, () => {
  it("passes where the name is known at synth", () => {
    const { stack } = stackOn("ovhcloud");
    new EncryptedBucket(stack, "legacy", { bucketName: "acme-legacy", importExisting: true });
    expect(() => synth(stack)).not.toThrow();
  });

  it("is refused without a name, or with one that only Terraform knows", () => {
    const { stack } = stackOn("ovhcloud");
    new EncryptedBucket(stack, "nameless", { importExisting: true });
    const bucketName = new TerraformVariable(stack, "name", {}).stringValue;
    new EncryptedBucket(stack, "late", { importExisting: true, bucketName });
    expect(() => synth(stack)).toThrow(
      /\[stack\/nameless\] importExisting needs the bucketName of the bucket that exists[\s\S]*\[stack\/late\] importExisting needs a bucketName that is known at synth, not a reference/,
    );
  });
});
