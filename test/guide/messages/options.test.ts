import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { createProgram } from "../../../cli/program.js";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const PAGES = ["README.md", ...readdirSync(join(ROOT, "docs")).map((name) => join("docs", name))].filter((path) =>
  path.endsWith(".md"),
);

const FLAGS = new Map(
  createProgram().commands.map((command) => [
    command.name(),
    new Set([
      "--help",
      ...command.options.flatMap(({ long, negate }) => [long ?? "", negate ? "" : `--no-${long?.slice(2)}`]),
    ]),
  ]),
);

/** What a page gives a command of bucketseal that it does not have. */
function unknownUses(markdown: string): string[] {
  const lines = markdown.replaceAll(/\\\n\s*/g, " ").split("\n");
  return lines.flatMap((line) => [...line.matchAll(/\bbucketseal ([a-z]+)([^`|;&>#\n]*)/g)].flatMap(problemsOf));
}

function problemsOf([use, command = "", rest = ""]: RegExpMatchArray): string[] {
  const known = FLAGS.get(command);
  const flags = rest.match(/(?<!\S)--[a-z-]+/g) ?? [];
  // A sentence may go on after the name of the tool.
  if (known === undefined) return flags.length > 0 ? [use.trim()] : [];
  return flags.filter((flag) => !known.has(flag)).map((flag) => `${command} ${flag}`);
}

describe("unknownUses", () => {
  test.each(PAGES)("finds none in %s", (path) => {
    expect(unknownUses(readFileSync(join(ROOT, path), "utf8"))).toEqual([]);
  });

  test("returns unknown options and unknown commands with options", () => {
    const page =
      "npx bucketseal audit s3://a --region gra \\\n  --colour red\nbucketseal paint --colour\nbucketseal seals it";
    expect(unknownUses(page)).toEqual(["audit --colour", "bucketseal paint --colour"]);
  });
});
