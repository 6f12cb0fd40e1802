import { describe, expect, it } from "vitest";
import { EncryptedBucket } from "../../../constructs/index.js";
import type { ProviderId } from "../../../providers/index.js";
import { stackOn, synth, warningsOf } from "../synth.js";

/** A store whose documents say nothing of versioning any more. */
function bucketWhereVersioningIsUndocumented(provider: ProviderId) {
  const { stack, storage } = stackOn(provider);
  const versioning = { value: "undocumented", source: "undocumented: probe it" };
  const subResources = { ...storage.store.subResources, versioning };
  Object.assign(storage, { store: { ...storage.store, subResources } });
  return { stack, bucket: new EncryptedBucket(stack, "invoices", { versioning: "enabled" }) };
}

describe("a property that no document of the store speaks of", () => {
  it("is declared, with a warning that names it and the store", () => {
    const { stack, bucket } = bucketWhereVersioningIsUndocumented("scaleway");
    expect(warningsOf(bucket)).toEqual([
      "versioning: no document of Scaleway Object Storage says whether it has versioning, so the deployment may fail",
    ]);
    expect(Object.keys(synth(stack).resource)).toContain("aws_s3_bucket_versioning");
  });

  it("is no news on a generic store, of which nothing is known", () => {
    expect(warningsOf(bucketWhereVersioningIsUndocumented("generic").bucket)).toEqual([]);
  });

  it("is not warned of where it is documented, nor where it was not asked for", () => {
    const { stack } = stackOn("scaleway");
    expect(warningsOf(new EncryptedBucket(stack, "one", { versioning: "enabled" }))).toEqual([]);
    expect(warningsOf(new EncryptedBucket(stack, "two"))).toEqual([]);
  });
});
