import { describe, expect, it } from "vitest";
import { EncryptedBucket, type EncryptedBucketProps } from "../../../constructs/index.js";
import { stackOnOvhcloud, warningsOf } from "../synth.js";

function warnings(text: string): string[] {
  return warningsOf(new EncryptedBucket(stackOnOvhcloud().stack, "invoices", JSON.parse(text) as EncryptedBucketProps));
}

describe("a property that there is not", () => {
  it("is warned of by its name, each", () => {
    expect(warnings('{"bucketName":"acme-invoices","versioned":true,"encryption":false}')).toEqual([
      expect.stringMatching(/^versioned is no property of an EncryptedBucket and has no effect/),
      expect.stringMatching(/^encryption is no property of an EncryptedBucket and has no effect/),
    ]);
  });

  it("is not seen in those that there are", () => {
    const props = '{"bucketName":"acme-invoices","versioning":"enabled","objectLock":true,"tags":{"team":"a"}}';
    expect(warnings(props)).toEqual([]);
  });

  it("is not seen in one that is not given", () => {
    const given: object = { versioned: undefined };
    expect(warningsOf(new EncryptedBucket(stackOnOvhcloud().stack, "invoices", given))).toEqual([]);
  });
});
