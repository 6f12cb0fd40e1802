import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const read = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), "utf8");
const english = read("ovhcloud.md");
const french = read("fr/ovhcloud.md");

/** Fenced blocks as they stand, indented ones too. */
const blocksOf = (page: string) => page.match(/^ *```.*?^ *```$/gms) ?? [];
const levelsOf = (page: string) => (page.replace(/^```.*?^```$/gms, "").match(/^#+(?= )/gm) ?? []).join(" ");
const rowsOf = (page: string) => (page.match(/^\|/gm) ?? []).length;

test("docs/fr/ovhcloud.md has the commands, files and outputs of docs/ovhcloud.md, which a test runs", () => {
  expect(blocksOf(english).length).toBeGreaterThan(15);
  expect(blocksOf(french)).toEqual(blocksOf(english));
});

test("docs/fr/ovhcloud.md has the sections and the rows of tables of docs/ovhcloud.md", () => {
  expect(levelsOf(french)).toBe(levelsOf(english));
  expect(rowsOf(french)).toBe(rowsOf(english));
});

test("docs/fr/ovhcloud.md breaks no line before double punctuation", () => {
  const prose = french.replace(/^ *```.*?^ *```$/gms, "").replace(/`[^`]*`|\]\([^)]*\)/g, "");
  expect(prose.match(/.{0,20} [:;?!»](?=\s|$).{0,10}/gm) ?? []).toEqual([]);
});
