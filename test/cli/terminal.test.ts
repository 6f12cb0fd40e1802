import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findExecutable } from "../servers/find-executable.js";
import { createBucket, plain } from "./bucket.js";
import { environmentOf, openRehearsal, type Rehearsal } from "./rehearsal.js";

const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const SCRIPT = findExecutable("script");
const HIDE_CURSOR = "\u001b[?25l";
const SHOW_CURSOR = "\u001b[?25h";
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with it.
const COLOUR = /\u001b\[\d+m/;

describe("bucketseal audit on a terminal", () => {
  if (SCRIPT === undefined || process.platform !== "linux") {
    test.skip("shows a progress bar (skipped: util-linux's script is not on the PATH)", () => undefined);
    return;
  }
  let rehearsal: Rehearsal;
  beforeAll(async () => {
    rehearsal = await openRehearsal({
      intercept: ({ operation }) => (operation === "HeadObject" ? { kind: "delay", ms: 200 } : undefined),
    });
    await createBucket(rehearsal.client, "archive", plain(60));
  });
  afterAll(() => rehearsal.close());

  /** What a terminal of 80 columns would be sent, stdout and stderr as they come. */
  async function onTerminal(env: Record<string, string>): Promise<string> {
    const { folder, place, sandbox } = rehearsal;
    const audit = [process.execPath, MAIN, "audit", "s3://archive", ...place, "--concurrency", "8"].join(" ");
    const { stdout } = await promisify(execFile)(SCRIPT ?? "script", ["-qefc", `stty cols 80; ${audit}`, "/dev/null"], {
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: folder, TERM: "xterm", ...environmentOf(sandbox.credentials), ...env },
    });
    return stdout;
  }

  test("shows a progress bar that fits, removes it, restores the cursor, and wraps between words", async () => {
    const sent = await onTerminal({});
    expect(sent).toMatch(COLOUR);
    expect(sent).toMatch(/ 60 objects {2}\d+\/s {2}\d+ s left/);
    expect(sent).not.toMatch(/NaN|Infinity|undefined/);
    expect(sent.lastIndexOf(SHOW_CURSOR)).toBeGreaterThan(sent.lastIndexOf(HIDE_CURSOR));
    const [, afterBar = ""] = sent.split(SHOW_CURSOR);
    expect(afterBar).toContain("60 of 60 objects are unencrypted");
    expect(afterBar).not.toContain("─");
    expect(sent).toContain("new objects keep\r\n  arriving in plaintext");
  });

  test("shows no colour with NO_COLOR, but still the progress bar", { tags: "slow" }, async () => {
    const sent = await onTerminal({ NO_COLOR: "1" });
    expect(sent).not.toMatch(COLOUR);
    expect(sent).toContain("─");
  });
});
