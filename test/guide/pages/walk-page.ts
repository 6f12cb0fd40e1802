import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Sandbox, startSandbox } from "../../../sandbox/index.js";
import { deployMissing, providerMirror } from "../../deploy/prerequisites.js";
import { findExecutable } from "../../servers/programs.js";
import { type Step, stepsOf } from "./fenced-blocks.js";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const MARK = "@@ commands ";

/** What one block of commands came to; undefined where the walk ended before it. */
type Walked = ReadonlyMap<Step, { readonly output: string; readonly ended: boolean }>;

/**
 * Does what a page says, from its top to its end, in one shell and one folder: on the sandbox where the page names OVHcloud's
 * Gravelines, with the built command line where it says `npx bucketseal`.
 */
export async function walkPage(steps: readonly Step[], sandbox: Sandbox): Promise<Walked> {
  const folder = await mkdtemp(join(tmpdir(), "bucketseal-page-"));
  try {
    await writeFolder(folder, steps, sandbox);
    const output = await runShell(scriptOf(steps, sandbox), folder, environment(folder, sandbox));
    return sectionsOf(output, steps);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** As on a machine where the package is installed. */
async function writeFolder(folder: string, steps: readonly Step[], sandbox: Sandbox): Promise<void> {
  const programs = join(folder, ".programs");
  await mkdir(programs);
  const bucketseal = `if [ "$1" = bucketseal ]; then shift; exec node "${join(ROOT, "dist/cli/main.js")}" "$@"; fi`;
  const deploy = `if [ "$1 $2" = "cdktf deploy" ]; then set -- "$@" --auto-approve --skip-provider-lock; fi`;
  const others = `program=$1; shift; exec "${join(ROOT, "node_modules/.bin")}/$program" "$@"`;
  await writeFile(join(programs, "npx"), `${["#!/bin/sh", bucketseal, deploy, others].join("\n")}\n`);
  await chmod(join(programs, "npx"), 0o755);
  await mkdir(join(folder, "node_modules"));
  for (const name of [".bin", "@cdktf", "cdktf", "constructs"]) {
    await symlink(join(ROOT, "node_modules", name), join(folder, "node_modules", name));
  }
  await symlink(ROOT, join(folder, "node_modules", "bucketseal"));
  const installation = `filesystem_mirror {\n    path = ${JSON.stringify(providerMirror)}\n  }`;
  await writeFile(join(folder, ".terraformrc"), `provider_installation {\n  ${installation}\n}\n`);
  for (const step of steps) {
    if (step.kind === "file") await writeFile(join(folder, step.name), `${onSandbox(step.text, sandbox)}\n`);
  }
}

function scriptOf(steps: readonly Step[], sandbox: Sandbox): string {
  const parts = steps.map((step, index) => {
    if (step.kind !== "commands") return "";
    const text = onSandbox(step.text, sandbox);
    const failing = ["set +e", "(", "set -e", text, ")", "code=$?", "set -e", '[ "$code" != 0 ]'].join("\n");
    return [`printf '\\n${MARK}${index}\\n'`, step.fails ? failing : text].join("\n");
  });
  // gpg leaves an agent behind, which would outlive its folder.
  const end = "trap 'gpgconf --kill gpg-agent 2>/dev/null || true' EXIT";
  return ["exec 2>&1", "set -eo pipefail", end, ...parts, `printf '\\n${MARK}end\\n'`].join("\n");
}

function onSandbox(text: string, { endpoint }: Sandbox): string {
  return text
    .replaceAll("--provider ovhcloud --region gra", `--provider ovhcloud --region gra --endpoint ${endpoint}`)
    .replaceAll("https://s3.gra.io.cloud.ovh.net", endpoint);
}

function runShell(script: string, cwd: string, env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve) => {
    execFile("bash", ["-c", script], { cwd, env, maxBuffer: 64 * 1024 ** 2 }, (_, stdout) => resolve(stdout));
  });
}

function sectionsOf(output: string, steps: readonly Step[]): Walked {
  const sections = output.split(`\n${MARK}`).slice(1);
  return new Map(
    sections.flatMap((section, position) => {
      const step = steps[Number.parseInt(section, 10)];
      const text = section.slice(section.indexOf("\n") + 1);
      return step === undefined ? [] : [[step, { output: text, ended: position + 1 < sections.length }] as const];
    }),
  );
}

function environment(folder: string, { credentials, endpoint, region }: Sandbox): NodeJS.ProcessEnv {
  return {
    PATH: [join(folder, ".programs"), process.env.PATH].join(delimiter),
    HOME: folder,
    LC_ALL: "C",
    GNUPGHOME: folder,
    CHECKPOINT_DISABLE: "1",
    BUCKETSEAL_ENDPOINT: endpoint,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ENDPOINT_URL: endpoint,
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: join(folder, "no-config"),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, "no-credentials"),
  };
}

/** Those of the lines that a page shows which do not stand in the output, after the ones before them; `...` stands for anything. */
export function matchesInOrder(output: string, shown: readonly string[]): readonly string[] {
  const lines = output.split("\n").map(withSingleSpaces);
  let from = 0;
  return shown.filter((line) => {
    const pattern = new RegExp(withSingleSpaces(line).split("...").map(escaped).join(".*"));
    const found = lines.findIndex((candidate, index) => index >= from && pattern.test(candidate));
    if (found === -1) return true;
    from = found + 1;
    return false;
  });
}

function withSingleSpaces(line: string): string {
  return line.trim().replaceAll(/\s+/g, " ");
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

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
