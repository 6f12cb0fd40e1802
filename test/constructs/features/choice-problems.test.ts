import { describe, expect, it } from "vitest";
import { EncryptedBucket, type EncryptedBucketProps } from "../../../constructs/index.js";
import { stackOn, synth } from "../synth.js";

/** As it comes from a file or from plain JavaScript, where nothing holds it to the types. */
function synthesised(text: string) {
  const { stack } = stackOn("aws");
  new EncryptedBucket(stack, "invoices", JSON.parse(text) as EncryptedBucketProps);
  return synth(stack);
}

describe("a word that a property does not have", () => {
  it.each([
    ['{"versioning":"Enabled"}', 'versioning "Enabled" is not known; give one of "enabled", "suspended"'],
    ['{"versioning":true}', 'versioning "true" is not known; give one of "enabled", "suspended"'],
    ['{"removal":"keep"}', 'removal "keep" is not known; give one of "retain", "destroy", "destroyWithContents"'],
    [
      '{"ownership":"BucketOwner"}',
      'ownership "BucketOwner" is not known; give one of "BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"',
    ],
    ['{"enforceTls":true,"minimumTlsVersion":"1.1"}', 'minimumTlsVersion "1.1" is not known; give one of "1.2", "1.3"'],
  ])("is refused in %s, with those that it has", (text, refusal) => {
    expect(() => synthesised(text)).toThrow(refusal);
  });

  it("is not seen in words that they have", () => {
    const text =
      '{"versioning":"enabled","removal":"destroy","ownership":"ObjectWriter","enforceTls":true,"minimumTlsVersion":"1.3"}';
    expect(synthesised(text).resource.aws_s3_bucket_versioning).toBeDefined();
  });
});
