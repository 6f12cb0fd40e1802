import { App, TerraformStack } from "cdktf";
import { describe, expect, it } from "vitest";
import { BUCKET_PARTS } from "../../../constructs/features/features.js";
import {
  BucketEncryption,
  EncryptedBucket,
  ObjectStorageProvider,
  UnmanagedBucket,
} from "../../../constructs/index.js";
import { stackOnOvhcloud, synth } from "../synth.js";

interface Removed {
  readonly removed: readonly { readonly from: string; readonly lifecycle: object }[];
}

describe("an UnmanagedBucket", () => {
  it("declares nothing, and makes Terraform forget each part of the former bucket without destroying it", () => {
    const { stack } = stackOnOvhcloud();
    new UnmanagedBucket(stack, "invoices");
    const { text } = synth(stack);
    const { removed, ...rest } = JSON.parse(text) as Removed & { resource?: object };
    expect(rest.resource).toBeUndefined();
    expect(removed).toHaveLength(BUCKET_PARTS.length + 1);
    expect(removed.map(({ lifecycle }) => lifecycle)).toEqual(removed.map(() => ({ destroy: false })));
  });

  it("uses the addresses that an EncryptedBucket or a BucketEncryption of that id has", () => {
    const { stack } = stackOnOvhcloud();
    new EncryptedBucket(stack, "invoices");
    new BucketEncryption(stack, "legacy", { bucketName: "acme-legacy" });
    const { resource } = synth(stack);
    const declared = Object.entries(resource).flatMap(([type, all]) =>
      Object.keys(all).map((name) => `${type}.${name}`),
    );
    expect(declared).toHaveLength(3);

    const later = stackOnOvhcloud().stack;
    new UnmanagedBucket(later, "invoices");
    new UnmanagedBucket(later, "legacy");
    const { removed } = JSON.parse(synth(later).text) as Removed;
    expect(removed.map(({ from }) => from)).toEqual(expect.arrayContaining(declared));
  });

  it("uses another address under another id or in another place", () => {
    const { stack } = stackOnOvhcloud();
    const { bucket } = new EncryptedBucket(stack, "invoices");
    const app = new App();
    const other = new TerraformStack(app, "other");
    new ObjectStorageProvider(other, "storage", { provider: "ovhcloud", region: "gra" });
    new UnmanagedBucket(other, "bills");
    expect(synth(other).text).not.toContain(bucket.friendlyUniqueId);
  });
});
