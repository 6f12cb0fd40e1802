import { readFileSync } from "node:fs";
import { Testing } from "cdktf";
import { describe, expect, it } from "vitest";
import { EncryptedBucket } from "../../../constructs/index.js";
import type { ProviderId } from "../../../providers/index.js";
import { stackOn } from "../../constructs/synth.js";
import { fencedBlocks } from "../pages/fenced-blocks.js";
import { namesIn, PAGE, rowsOf } from "./page.js";
import { SNIPPETS } from "./snippets.js";
import { supportOn } from "./store-support.js";

describe("what stores have, in docs/constructs.md", () => {
  const STORES: Readonly<Record<string, ProviderId>> = {
    OVHcloud: "ovhcloud",
    "Amazon S3": "aws",
    Scaleway: "scaleway",
    "Ceph RGW": "ceph-rgw",
    MinIO: "minio",
    "Backblaze B2": "backblaze-b2",
  };

  it.each(Object.entries(STORES))("is what a synth says on %s", (name, provider) => {
    const column = Object.keys(STORES).indexOf(name) + 1;
    const said = rowsOf("property", ...Object.keys(STORES)).map((cells) => [namesIn(cells[0])[0], cells[column]]);
    expect(Object.fromEntries(said)).toEqual(supportOn(provider));
  });

  it("leaves out a store of which nothing is known, where all but kmsKey is declared", () => {
    const { kmsKey, ...others } = supportOn("generic");
    expect(kmsKey).toBe("no");
    expect(new Set(Object.values(others))).toEqual(new Set(["yes"]));
  });

  it.each(["cloudflare-r2", "wasabi"] as const)("leaves out %s, where an EncryptedBucket is refused", (provider) => {
    const { stack } = stackOn(provider);
    expect(() => new EncryptedBucket(stack, "bucket")).toThrow("has no default encryption of buckets");
  });
});

describe("the code in docs/constructs.md", () => {
  const DECLARES: Readonly<Record<string, string>> = {
    unmanage: "removed",
    takeOver: "import",
    rename: "moved",
    policyOfOvhcloud: "output",
  };
  const shown = fencedBlocks(PAGE).filter(({ language }) => language === "ts");
  const source = unindented(readFileSync(new URL("./snippets.ts", import.meta.url), "utf8"));

  it.each(shown.map(({ line, text }) => [line, text] as const))("on line %i is what the tests run", (_line, text) => {
    expect(source).toContain(unindented(text));
  });

  it("is all that the tests run", () => expect(shown).toHaveLength(Object.keys(SNIPPETS).length));

  it.each(Object.entries(SNIPPETS))("declares something: %s", (name, declare) => {
    // Amazon S3 replicates with a role, which the page does not show.
    const { stack } = stackOn(name === "bothWays" ? "ovhcloud" : "aws");
    declare(stack);
    // An import asks for Terraform when it is validated.
    const json = JSON.parse(Testing.synth(stack, name !== "takeOver")) as object;
    expect(json).toHaveProperty(DECLARES[name] ?? "resource");
  });
});

function unindented(text: string): string {
  return text.replaceAll(/^ +/gm, "");
}
