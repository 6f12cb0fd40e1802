import { TerraformVariable, Token } from "cdktf";
import { describe, expect, it } from "vitest";
import { tagsProblems } from "../../../constructs/features/tags.js";
import { EncryptedBucket } from "../../../constructs/index.js";
import { expression, stackOnOvhcloud, storageOn, synth } from "../synth.js";

const aws = storageOn("aws");

describe("tags", () => {
  it("are set on the bucket", () => {
    const { stack } = stackOnOvhcloud();
    new EncryptedBucket(stack, "invoices", { tags: { team: "finance", "cost center": "4/2" } });
    expect(Object.values(synth(stack).resource.aws_s3_bucket ?? {})).toMatchObject([
      { tags: { team: "finance", "cost center": "4/2" } },
    ]);
  });

  it("are left out by default", () => {
    const { stack } = stackOnOvhcloud();
    new EncryptedBucket(stack, "invoices");
    expect(Object.values(synth(stack).resource.aws_s3_bucket ?? {})[0]).not.toHaveProperty("tags");
  });

  it("accept references, one by one or all together", () => {
    const { stack } = stackOnOvhcloud();
    const team = new TerraformVariable(stack, "team", {}).stringValue;
    new EncryptedBucket(stack, "one", { tags: { team } });
    const all = new TerraformVariable(stack, "tags", {}).value as unknown;
    new EncryptedBucket(stack, "all", { tags: Token.asStringMap(all as never) });
    const { text } = synth(stack);
    expect(text).toContain(expression("var.team"));
    expect(text).toContain(expression("var.tags"));
  });

  it.each<[string, Record<string, string>, string]>([
    ["an empty key", { "": "v" }, "a key has 1 to 128 characters"],
    ["a long key", { ["k".repeat(129)]: "v" }, "a key has 1 to 128 characters"],
    ["a long value", { k: "v".repeat(257) }, "a value has at most 256 characters"],
    ["Amazon's own prefix", { "AWS:team": "v" }, 'a key does not begin with "aws:"'],
    ["a character that S3 refuses", { team: "a&b" }, "both hold letters, digits, spaces and _.:/=+-@ only"],
  ])("refuse %s", (_, tags, words) => {
    expect(tagsProblems({ tags }, aws)).toEqual([expect.stringContaining(words)]);
  });

  it("accept values within these limits, in any script", () => {
    const tags = { ["k".repeat(128)]: "v".repeat(256), équipe: "données 1_.:/=+-@", empty: "" };
    expect(tagsProblems({ tags }, aws)).toEqual([]);
  });

  it("are limited to 50", () => {
    const tags = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, "v"]));
    expect(tagsProblems({ tags: tags(51) }, aws)).toEqual(["there are 51 tags; a bucket has 50 at most"]);
    expect(tagsProblems({ tags: tags(50) }, aws)).toEqual([]);
  });

  it("are refused with store and source if the store lacks them", () => {
    expect(tagsProblems({ tags: { a: "b" } }, storageOn("backblaze-b2"))).toEqual([
      expect.stringMatching(
        /^tags cannot be used on Backblaze B2, which has no bucket tags \(https:\S+\): leave it out/,
      ),
    ]);
    expect(tagsProblems({}, storageOn("backblaze-b2"))).toEqual([]);
  });
});
