import { describe, expect, it } from "vitest";
import { AWS_MODULE, CDK_BUCKET, OVH_STORAGE } from "./compared.js";
import { firstNames, namesIn, rowsOf } from "./page.js";
import { propertiesOf } from "./properties-of.js";

const TABLES = ["CDK", "module", "argument"] as const;
const rows = TABLES.flatMap((head) => rowsOf(head, "here"));

/** What is not a property: methods, and a function. */
const OTHERS = [
  ...["addToResourcePolicy", "fromBucketName", "grantRead", "grantReadWrite", "grantMigrate", "grantAudit"],
  ...["arnForObjects", "ovhUserPolicy"],
];

describe("the comparison in docs/constructs.md", () => {
  it.each([
    ["CDK", CDK_BUCKET],
    ["module", AWS_MODULE],
    ["argument", OVH_STORAGE],
  ])("names all that the %s has, once", (head, all) => {
    const named = firstNames(rowsOf(head, "here"));
    const wanted = all.trim().split(/\s+/);
    expect(wanted.filter((name) => !named.includes(name))).toEqual([]);
    expect(named.filter((name, index) => named.indexOf(name) !== index)).toEqual([]);
  });

  it("says of each that it is supported, or why it is left out", () => {
    const words = rows.map((cells) => cells[2] ?? "");
    expect(words.length).toBeGreaterThan(60);
    expect(
      words.filter((text) => !/^supported\b|^left out(?: as (?:a switch|switches))?[:,] \S+ \S+/.test(text)),
    ).toEqual([]);
  });

  it("names what is ours beside what is supported, and no property that there is not", () => {
    const ours = propertiesOf("EncryptedBucketProps").map(({ name }) => name);
    const named = rows.flatMap((cells) => namesIn(cells[1]));
    expect(named.filter((name) => ![...ours, ...OTHERS].includes(name))).toEqual([]);
    expect(rows.filter(([, here, words]) => words?.startsWith("left out") && here !== "")).toEqual([]);
  });
});
