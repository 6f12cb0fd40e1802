import { describe, expect, it } from "vitest";
import { BucketEncryption, EncryptedBucket, type EncryptedBucketProps } from "../../../constructs/index.js";
import { stackOn, stackOnOvhcloud, synth } from "../synth.js";

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
  it.each([{}, { removal: "retain" }] as const)("is prevented with %j, that of its default too", (props) => {
    const { bucket, encryption } = declared(props);
    expect(bucket).toMatchObject({ lifecycle: GUARD });
    expect(encryption).toMatchObject({ lifecycle: GUARD });
    expect(bucket).not.toHaveProperty("force_destroy");
  });

  it("is let with destroy, as long as the bucket is empty", () => {
    const { bucket, encryption } = declared({ removal: "destroy" });
    expect(JSON.stringify([bucket, encryption])).not.toMatch(/prevent_destroy|force_destroy/);
  });

  it("goes with all that is in the bucket where that is asked for by name", () => {
    const { bucket, encryption } = declared({ removal: "destroyWithContents" });
    expect(bucket).toMatchObject({ force_destroy: true });
    expect(JSON.stringify([bucket, encryption])).not.toContain("prevent_destroy");
  });

  it("in a way that nobody knows is refused, and prevents nothing by mistake", () => {
    expect(() => declared({ removal: "delete" as never })).toThrow(
      'removal "delete" is not known; give one of "retain", "destroy", "destroyWithContents"',
    );
  });
});

describe("removal of a BucketEncryption", () => {
  it("is prevented unless it is asked for", () => {
    const { stack } = stackOn("ovhcloud");
    new BucketEncryption(stack, "kept", { bucketName: "acme-kept" });
    new BucketEncryption(stack, "free", { bucketName: "acme-free", removal: "destroy" });
    const found = Object.values(synth(stack).resource.aws_s3_bucket_server_side_encryption_configuration ?? {});
    expect(found.map(({ bucket, lifecycle }) => [bucket, lifecycle])).toEqual([
      ["acme-free", undefined],
      ["acme-kept", GUARD],
    ]);
  });

  it("has no contents to go with", () => {
    const { stack } = stackOn("ovhcloud");
    new BucketEncryption(stack, "kept", { bucketName: "acme-kept", removal: "destroyWithContents" as never });
    expect(() => synth(stack)).toThrow('removal "destroyWithContents" is not known; give one of "retain", "destroy"');
  });
});
