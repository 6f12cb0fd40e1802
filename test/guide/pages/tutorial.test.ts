import { execFile, execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cp, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { OFFLINE, outsideOfNpm } from "../../package/installed-package.js";
import { findExecutable } from "../../servers/programs.js";
import { commandBlocks, type Step, stepsOf } from "./fenced-blocks.js";
import { matchesInOrder } from "./walk-page.js";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const MARK = "@@ step ";
/** On a machine that has other things to do, npm ci and the build alone take minutes. */
const INSTALL_TIMEOUT_MS = 1_200_000;
const steps = stepsOf(readFileSync(join(ROOT, "docs/tutorial.md"), "utf8"));

describe.skipIf(findExecutable("openssl") === undefined)("docs/tutorial.md", () => {
  test("leads from a built clone to a verified, signed report", { tags: ["slow"] }, async () => {
    const clone = await newFolder();
    for (const name of ["dist", "node_modules", "package.json"]) await symlink(join(ROOT, name), join(clone, name));
    await expectAsShown(steps.map(withoutInstallation), clone);
  });

  const isLong = process.env.BUCKETSEAL_TEST_DEPLOY !== undefined;
  test.skipIf(!isLong)(
    "leads there from npm ci in a fresh clone",
    { tags: ["slow", "deploy"], timeout: INSTALL_TIMEOUT_MS },
    async ({ skip }) => {
      const clone = await freshClone();
      const offline = OFFLINE.exec(await expectAsShown(steps, clone, OFFLINE))?.[0];
      skip(offline !== undefined, `the package registry is out of reach: ${offline}`);
    },
  );

  test.skipIf(!isLong)(
    "is preceded in README.md by a demo and an installation that work in a fresh clone",
    { tags: ["slow", "deploy"], timeout: INSTALL_TIMEOUT_MS },
    async ({ skip }) => {
      const [clone, home] = [await freshClone(), await newFolder()];
      const [demo, installation] = [/^npm ci && npm run demo/, /^npm ci && npm pack/].map(blockOfReadme);
      expect(demo?.split("\n")[1]).toMatch(/^npm ci && npm test /);
      const script = [
        `exec 2>&1; set -eo pipefail; export npm_config_prefix=${home}`,
        demo?.split("\n")[0] ?? "false",
        installation ?? "false",
        `${join(home, "bin", "bucketseal")} version; echo ended`,
      ].join("\n");
      const output = await runShell(script, clone);
      const isEnded = output.endsWith("ended\n");
      skip(!isEnded && OFFLINE.test(output), "the package registry is out of reach");
      expect(isEnded, output).toBe(true);
      expect(output).toContain("Sealed: 0 of 2,183 objects remain unencrypted");
    },
  );

  test("names the installation, the signature and its verification", () => {
    const commands = steps.flatMap((step) => (step.kind === "commands" ? [step.text] : [])).join("\n");
    expect(commands).toMatch(/^npm ci .*--sign sign\.pem .*^bucketseal verify run-2 --public-key sign\.pub\.pem$/ms);
  });
});

function blockOfReadme(begins: RegExp): string | undefined {
  const blocks = commandBlocks(readFileSync(join(ROOT, "README.md"), "utf8"));
  return blocks.find(({ text }) => begins.test(text))?.text;
}

async function freshClone(): Promise<string> {
  const clone = await newFolder();
  const listed = execFileSync("git", ["ls-files", "-z"], { cwd: ROOT, encoding: "utf8" });
  for (const file of listed.split("\0").filter(Boolean))
    await cp(join(ROOT, file), join(clone, file), { recursive: true });
  return clone;
}

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "bucketseal-tutorial-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 10 }));
  return folder;
}

function withoutInstallation(step: Step): Step {
  return step.kind === "commands" ? { ...step, text: step.text.replace(/^npm ci .*$/m, "") } : step;
}

/** Runs the page in one shell. Returns its output, unless a step fails or its output differs from the page. */
async function expectAsShown(walked: readonly Step[], clone: string, excuse?: RegExp): Promise<string> {
  const port = String(await freePort());
  const parts: string[] = [];
  for (const [index, step] of walked.entries()) {
    const text = step.text.replaceAll("9000", port);
    if (step.kind === "file") await writeFile(join(clone, step.name), text);
    else parts.push(`echo; echo "${MARK}${index}"`, step.fails ? `if ( set -e\n${text}\n); then exit 99; fi` : text);
  }
  const output = await runShell(["exec 2>&1; set -eo pipefail", ...parts, `echo "${MARK}end"`].join("\n"), clone);
  if (excuse?.test(output)) return output;
  expect(output).toContain(`${MARK}end`);
  for (const [index, step] of walked.entries()) {
    const [, section = ""] = output.split(`${MARK}${index}\n`);
    if (step.kind === "commands")
      expect(matchesInOrder(section.split(MARK, 1)[0] ?? "", step.shown), section).toEqual([]);
  }
  return output;
}

function runShell(script: string, cwd: string): Promise<string> {
  const env = {
    ...outsideOfNpm(),
    PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
    npm_config_prefer_offline: "true",
  };
  return new Promise((resolve) => {
    const stopping = `trap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n${script}`;
    execFile("bash", ["-c", stopping], { cwd, env, maxBuffer: 64 * 1024 ** 2 }, (_, stdout) => resolve(stdout));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
