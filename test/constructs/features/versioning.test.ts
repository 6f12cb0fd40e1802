import { describe, expect, it } from "vitest";
import { EncryptedBucket } from "../../../constructs/index.js";
import { expression, stackOnOvhcloud, synth } from "../synth.js";

describe("versioning", () => {
  it.each([
    ["enabled", "Enabled"],
    ["suspended", "Suspended"],
  ] as const)("is declared as %s", (versioning, status) => {
    const { stack } = stackOnOvhcloud();
    new EncryptedBucket(stack, "invoices", { versioning });
    const { resource } = synth(stack);
    const [address] = Object.keys(resource.aws_s3_bucket ?? {});
    expect(Object.values(resource.aws_s3_bucket_versioning ?? {})).toMatchObject([
      { bucket: expression(`aws_s3_bucket.${address}.id`), versioning_configuration: { status } },
    ]);
  });

  it("is left to the store by default", () => {
    const { stack } = stackOnOvhcloud();
    expect(new EncryptedBucket(stack, "invoices").versioning).toBeUndefined();
    expect(synth(stack).resource.aws_s3_bucket_versioning).toBeUndefined();
  });

  it("is refused with store and source if the store lacks it", () => {
    const { stack, storage } = stackOnOvhcloud();
    const source = "https://example.com/no-versions";
    const { subResources } = storage.store;
    const store = { ...storage.store, subResources: { ...subResources, versioning: { value: "unsupported", source } } };
    Object.assign(storage, { store });
    new EncryptedBucket(stack, "invoices", { versioning: "enabled" });
    expect(() => synth(stack)).toThrow(
      `[stack/invoices] versioning cannot be used on OVHcloud Object Storage, which has no versioning (${source})`,
    );
  });
});
