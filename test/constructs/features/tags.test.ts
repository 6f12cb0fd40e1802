import { TerraformVariable, Token } from "cdktf";
import { describe, expect, it } from "vitest";
import { tagsProblems } from "../../../constructs/features/tags.js";
import { EncryptedBucket } from "../../../constructs/index.js";
import { expression, stackOnOvhcloud, storageOn, synth } from "../synth.js";

const aws = storageOn("aws");

describe("tags", () => {
  it("are those of the bucket", () => {
    const { stack } = stackOnOvhcloud();
    new EncryptedBucket(stack, "invoices", { tags: { team: "finance", "cost center": "4/2" } });
    expect(Object.values(synth(stack).resource.aws_s3_bucket ?? {})).toMatchObject([
      { tags: { team: "finance", "cost center": "4/2" } },
    ]);
  });

  it("are left out where none are given", () => {
    const { stack } = stackOnOvhcloud();
    new EncryptedBucket(stack, "invoices");
    expect(Object.values(synth(stack).resource.aws_s3_bucket ?? {})[0]).not.toHaveProperty("tags");
  });

  it("can be references, one by one or all together", () => {
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
    ["no key", { "": "v" }, "a key has 1 to 128 characters"],
    ["a long key", { ["k".repeat(129)]: "v" }, "a key has 1 to 128 characters"],
    ["a long value", { k: "v".repeat(257) }, "a value has at most 256 characters"],
    ["Amazon's own prefix", { "AWS:team": "v" }, 'a key does not begin with "aws:"'],
    ["a character that S3 refuses", { team: "a&b" }, "both hold letters, digits, spaces and _.:/=+-@ only"],
  ])("with %s are refused", (_, tags, words) => {
    expect(tagsProblems({ tags }, aws)).toEqual([expect.stringContaining(words)]);
  });

  it("within these limits are taken, in any script", () => {
    const tags = { ["k".repeat(128)]: "v".repeat(256), équipe: "données 1_.:/=+-@", empty: "" };
    expect(tagsProblems({ tags }, aws)).toEqual([]);
  });

  it("are 50 at most", () => {
    const tags = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, "v"]));
    expect(tagsProblems({ tags: tags(51) }, aws)).toEqual(["tags are 51; a bucket has 50 at most"]);
    expect(tagsProblems({ tags: tags(50) }, aws)).toEqual([]);
  });

  it("are refused where the store has none, with the store and the source", () => {
    expect(tagsProblems({ tags: { a: "b" } }, storageOn("backblaze-b2"))).toEqual([
      expect.stringMatching(
        /^tags cannot be used on Backblaze B2, which has no bucket tags \(https:\S+\): leave it out/,
      ),
    ]);
    expect(tagsProblems({}, storageOn("backblaze-b2"))).toEqual([]);
  });
});
