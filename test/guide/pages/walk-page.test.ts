import { expect, onTestFinished, test } from "vitest";
import { startSandbox } from "../../../sandbox/index.js";
import { stepsOf } from "./fenced-blocks.js";
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
