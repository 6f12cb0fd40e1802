import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { runCli } from "./run-cli.js";

// Each starts the command line several times.
/** Runs a command in a process in which something breaks that never should. */
function runBroken(breaking: string, env: Readonly<Record<string, string>> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "bucketseal-bug-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }));
  const preload = `data:text/javascript,${encodeURIComponent(breaking)}`;
  return runCli(["keygen", join(folder, "a.key")], { folder, env: { ...env, NODE_OPTIONS: `--import=${preload}` } });
}

const inOpen = (body: string) =>
  `import fs from "node:fs/promises"; import { syncBuiltinESMExports } from "node:module";
   fs.open = async () => { ${body} }; syncBuiltinESMExports();`;

test.each([
  ["a promise that never settles", inOpen("return new Promise(() => undefined)"), /a promise was never settled/],
  [
    "an exception that nobody waits for",
    inOpen("setTimeout(() => { throw new RangeError('out of range') }); return new Promise(() => undefined)"),
    /RangeError: out of range/,
  ],
  [
    "a rejection that nobody waits for",
    inOpen("Promise.reject(new TypeError('no such thing')); return new Promise(() => undefined)"),
    /TypeError: no such thing/,
  ],
  [
    "something thrown that is no error",
    inOpen("setTimeout(() => { throw 'a text' }); return new Promise(() => undefined)"),
    /a text/,
  ],
])("%s ends with exit code 70 and a bug report to send", { tags: "slow" }, async (_, breaking, words) => {
  const ran = await runBroken(breaking);
  expect(ran).toMatchObject({ code: 70, stdout: "" });
  expect(ran.stderr).toMatch(/^error: this is a bug in bucketseal/);
  expect(ran.stderr).toMatch(words);
  expect(ran.stderr).toMatch(/bucketseal \d+\.\d+\.\d+, Node \d+/);
  expect(ran.stderr).toMatch(/bucketseal keygen\n/);
  expect(ran.stderr).not.toContain("a.key");
});

test("a bug report contains no secret, even if the cause of the error does", async () => {
  const AWS_SECRET_ACCESS_KEY = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
  const body = `throw new Error('odd', { cause: new Error('sent ' + process.env.AWS_SECRET_ACCESS_KEY) })`;
  const ran = await runBroken(inOpen(`setTimeout(() => { ${body} }); return new Promise(() => undefined)`), {
    AWS_SECRET_ACCESS_KEY,
  });
  expect(ran.code).toBe(70);
  expect(ran.stderr).toContain("caused by Error: sent [secret]");
  expect(ran.stderr).not.toContain(AWS_SECRET_ACCESS_KEY.slice(0, 12));
});

test("a process without a bug exits with 0", async () => {
  expect(await runBroken("")).toMatchObject({ code: 0, stderr: "" });
});
