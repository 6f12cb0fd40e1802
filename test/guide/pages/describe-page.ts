import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Sandbox, startSandbox } from "../../../sandbox/index.js";
import { deployMissing } from "../../deploy/prerequisites.js";
import { findExecutable } from "../../servers/find-executable.js";
import { matchesInOrder } from "./matches-in-order.js";
import { stepsOf } from "./steps-of.js";
import { type Walked, walkPage } from "./walk-page.js";

/** Some twenty programs one after the other, which a machine that has other things to do starts slowly. */
const WALK_TIMEOUT_MS = 300_000;

/** Does what `docs/<page>.md` says from its top to its end, on a sandbox that behaves like OVHcloud: a test for each block of commands. */
export function describePage(page: string, needed: readonly string[]): void {
  const title = `docs/${page}.md`;
  const missing = needed.filter((name) => findExecutable(name) === undefined);
  describe.skipIf(missing.length > 0)(missing.length > 0 ? `${title} (needs ${missing.join(", ")})` : title, () => {
    const markdown = readFileSync(new URL(`../../../docs/${page}.md`, import.meta.url), "utf8");
    const steps = stepsOf(markdown, { deploys: deployMissing() === undefined });
    const commands = steps.filter((step) => step.kind === "commands");
    let sandbox: Sandbox;
    let walked: Walked;

    beforeAll(async () => {
      sandbox = await startSandbox({ profile: "ovh" });
      walked = await walkPage(steps, sandbox);
    }, WALK_TIMEOUT_MS);
    afterAll(() => sandbox.close());

    test.each(commands.map((step) => [step.line, step.text.split("\n")[0], step] as const))(
      "line %i: %s",
      (_line, _first, step) => {
        const { output, ended } = walked.get(step) ?? { output: "it was not reached", ended: false };
        expect(ended, output).toBe(true);
        expect(matchesInOrder(output, step.shown), output).toEqual([]);
      },
    );
  });
}
