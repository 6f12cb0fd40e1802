import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { startSandbox } from "../../../sandbox/index.js";
import { commandBlocks, stepsOf } from "./fenced-blocks.js";
import { beginsOneOf, NOT_RUN, RUN_ELSEWHERE, WALKS } from "./page-table.js";
import { matchesInOrder, walkPage } from "./walk-page.js";

const page = (...lines: readonly string[]) => lines.join("\n");

async function walked(markdown: string) {
  const sandbox = await startSandbox({ profile: "ovh" });
  onTestFinished(() => sandbox.close());
  const steps = stepsOf(markdown);
  const results = await walkPage(steps, sandbox);
  return steps.flatMap((step) => (step.kind === "commands" ? [results.get(step)] : []));
}

test("walkPage runs a page in one shell with its files, and continues after an announced error", async () => {
  const markdown = page(
    ...["```json policy.json", '{ "at": "https://s3.gra.io.cloud.ovh.net" }', "```"],
    ...["```bash", "said=once", "```", "```bash fails", "false", "```"],
    ...[
      "```bash",
      'echo "$said"; cat policy.json',
      "```",
      "```bash not-run",
      "exit 3",
      "```",
      "```ts",
      "nothing",
      "```",
    ],
  );
  const [first, second, third, ...none] = await walked(markdown);
  expect([first?.ended, second?.ended, third?.ended, none]).toEqual([true, true, true, []]);
  expect(third?.output).toMatch(/^once\n\{ "at": "http:\/\/127\.0\.0\.1:\d+" \}\n/);
});

test("walkPage stops at an unannounced failure, and fails a step without its announced error", async () => {
  const [first, second] = await walked(page("```bash", "false", "true", "```", "```bash", "true", "```"));
  expect([first?.ended, second]).toEqual([false, undefined]);
  const [announced] = await walked(page("```bash fails", "true", "```"));
  expect(announced?.ended).toBe(false);
});

test("matchesInOrder finds lines only in the order of the output", () => {
  const output = "Sealed: 0 of 2 objects\n  skipped      1\nreport   bucketseal-runs/x/report.html\n";
  expect(matchesInOrder(output, ["Sealed: 0 of 2 objects", "skipped 1", "report ...report.html"])).toEqual([]);
  expect(matchesInOrder(output, ["skipped 1", "Sealed: 0 of 2 objects"])).toEqual(["Sealed: 0 of 2 objects"]);
  expect(matchesInOrder(output, ["Sealed: 0 of 3 objects", "a+b"])).toEqual(["Sealed: 0 of 3 objects", "a+b"]);
});

test("stepsOf throws on a block without an end", () => {
  expect(() => stepsOf(page("text", "```bash", "true"))).toThrow("the block that begins on line 3 has no end");
});

test("commandBlocks returns blocks with and without a fence, those of a list too, but no output and no other language", () => {
  const markdown = page(
    ...["```bash", "one", "```", "```", "bucketseal two", "```", "```text", "bucketseal is text", "```", "- item", ""],
    ...[
      "      ```text",
      "      cd x && bucketseal three",
      "      ```",
      "",
      "```ts",
      "",
      "    code",
      "```",
      "prose:",
      "",
    ],
    ...["    four", "    five", ""],
  );
  expect(commandBlocks(markdown).map(({ text, line }) => [line, text])).toEqual([
    [2, "one"],
    [5, "bucketseal two"],
    [13, "cd x && bucketseal three"],
    [22, "four\nfive"],
  ]);
});

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");
const ALL_PAGES = [
  "README.md",
  ...readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" }).map((name) => join("docs", name)),
].filter((path) => path.endsWith(".md"));

/** The blocks of a page that no test runs and no table names, by the line of the page. */
function forgottenBlocks(path: string, markdown: string): string[] {
  const isWalked = WALKS[/^docs\/(.+)\.md$/.exec(path)?.[1] ?? ""] !== undefined;
  return commandBlocks(markdown).flatMap(({ text, line, language, info }) => {
    const isListed = [NOT_RUN, RUN_ELSEWHERE].some((table) => beginsOneOf(text, table[path]) !== undefined);
    const isRun = isWalked && language === "bash" && !info.includes("not-run");
    return isListed || isRun ? [] : [`${path}:${line}: ${text.split("\n")[0]}`];
  });
}

describe("every block of commands", () => {
  test.each(ALL_PAGES)("of %s is run by a test, or listed with the reason why not", (path) => {
    expect(forgottenBlocks(path, read(path))).toEqual([]);
  });

  test("is found if it is new, on a page that is walked or on any other one", () => {
    const block = page("```bash not-run", "bucketseal demo", "```", "", "Or:", "", "    bucketseal demo", "");
    for (const path of ["docs/undo.md", "docs/limits.md", "README.md"])
      expect(forgottenBlocks(path, block)).toEqual([`${path}:2: bucketseal demo`, `${path}:7: bucketseal demo`]);
    const run = page("```bash", "bucketseal demo", "```");
    expect(forgottenBlocks("docs/undo.md", run)).toEqual([]);
    expect(forgottenBlocks("docs/limits.md", run)).toHaveLength(1);
  });

  test("of a table is on its page, and the test that runs it names the page", () => {
    for (const [path, begins] of [...Object.entries(NOT_RUN), ...Object.entries(RUN_ELSEWHERE)].flatMap(
      ([path, rows]) => Object.keys(rows).map((begins) => [path, begins] as const),
    )) {
      const found = commandBlocks(read(path)).filter(({ text }) => `\n${text}\n`.includes(`\n${begins}`));
      expect(found.length, `${path}: ${begins}`).toBeGreaterThan(0);
    }
    for (const [path, rows] of Object.entries(RUN_ELSEWHERE))
      for (const file of Object.values(rows)) expect(read(file), file).toContain(path.replace("docs/", ""));
  });
});
