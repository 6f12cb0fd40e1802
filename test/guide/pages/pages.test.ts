import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Sandbox, startSandbox } from "../../../sandbox/index.js";
import { findExecutable } from "../../servers/find-executable.js";
import { matchesInOrder } from "./matches-in-order.js";
import { stepsOf } from "./steps-of.js";
import { type Walked, walkPage } from "./walk-page.js";

const NEEDED = ["aws", "bash", "gpg", "openssl"];
const missing = NEEDED.filter((name) => findExecutable(name) === undefined);

describe.each(["choosing"])("docs/%s.md", (page) => {
  if (missing.length > 0) {
    test.skip(`its commands, because these are not on the PATH: ${missing.join(", ")}`, () => undefined);
    return;
  }
  const markdown = readFileSync(new URL(`../../../docs/${page}.md`, import.meta.url), "utf8");
  const steps = stepsOf(markdown);
  const commands = steps.flatMap((step) =>
    step.kind === "commands" ? [{ ...step, step, first: step.text.split("\n")[0] }] : [],
  );
  let sandbox: Sandbox;
  let walked: Walked;

  beforeAll(async () => {
    sandbox = await startSandbox({ profile: "ovh" });
    walked = await walkPage(steps, sandbox);
  });
  afterAll(() => sandbox.close());

  test.each(commands)("line $line: $first", ({ step, shown }) => {
    const { output, ended } = walked.get(step) ?? { output: "not reached", ended: false };
    expect(ended, output).toBe(true);
    expect(matchesInOrder(output, shown), output).toEqual([]);
  });
});
