import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DEFAULT_CREDENTIALS, type Sandbox, startSandbox } from "../../../sandbox/index.js";
import { freePort } from "../../cli/redis-server.js";
import { deployMissing, providerMirror } from "../../deploy/prerequisites.js";
import { findExecutable } from "../../servers/programs.js";
import { type Step, stepsOf } from "./fenced-blocks.js";
import { beginsOneOf, NOT_RUN, type PageWalk, RUN_ELSEWHERE } from "./page-table.js";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const MARK = "@@ commands ";

type Place = Pick<Sandbox, "endpoint" | "region" | "credentials">;
/** With a port for the Redis of a page. */
interface WalkedPlace extends Place {
  readonly redisPort: number;
}
/** The result of one block of commands; undefined if the walk ended before it. */
type Walked = ReadonlyMap<Step, { readonly output: string; readonly ended: boolean }>;

/**
 * Does what a page says, from its top to its end, in one shell and one folder: on the sandbox if the page names OVHcloud's
 * Gravelines, with the built command line as `bucketseal`.
 */
export async function walkPage(steps: readonly Step[], place: Place): Promise<Walked> {
  const folder = await mkdtemp(join(tmpdir(), "bucketseal-page-"));
  const sandbox = { ...place, redisPort: await freePort() };
  try {
    await writeFolder(folder, steps, sandbox);
    const output = await runShell(scriptOf(steps, sandbox), folder, environment(folder, sandbox));
    return sectionsOf(output, steps);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 10 });
  }
}

/** Like a machine on which the package is installed. */
async function writeFolder(folder: string, steps: readonly Step[], sandbox: WalkedPlace): Promise<void> {
  const programs = join(folder, ".programs");
  await mkdir(programs);
  const bucketseal = `exec node "${join(ROOT, "dist/cli/main.js")}" "$@"`;
  const deploy = `if [ "$1 $2" = "cdktf deploy" ]; then set -- "$@" --auto-approve --skip-provider-lock; fi`;
  const others = `program=$1; shift; exec "${join(ROOT, "node_modules/.bin")}/$program" "$@"`;
  // It would follow the links below, into the packages of this repository.
  const npm = "echo 'npm has nothing to install into here'; exit 98";
  for (const [name, ...lines] of [
    ["bucketseal", bucketseal] as const,
    ["npx", deploy, others] as const,
    ["npm", npm] as const,
  ]) {
    await writeFile(join(programs, name), `${["#!/bin/sh", ...lines].join("\n")}\n`);
    await chmod(join(programs, name), 0o755);
  }
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

function scriptOf(steps: readonly Step[], sandbox: WalkedPlace): string {
  const parts = steps.map((step, index) => {
    if (step.kind !== "commands") return "";
    const text = onSandbox(step.text, sandbox);
    const failing = ["set +e", "(", "set -e", text, ")", "code=$?", "set -e", '[ "$code" != 0 ]'].join("\n");
    const run = step.stays ? staying(text, `.stays-${index}`) : step.fails ? failing : text;
    return [`printf '\\n${MARK}${index}\\n'`, run].join("\n");
  });
  // The page's other terminals, and the agent that gpg leaves behind, would outlive the folder, or write into it while it is removed.
  const end = "trap '{ kill $(jobs -p); gpgconf --kill gpg-agent; wait; } 2>/dev/null || true' EXIT";
  return ["exec 2>&1", "set -eo pipefail", end, ...parts, `printf '\\n${MARK}end\\n'`].join("\n");
}

/** Starts one command, and waits until it listens at its port, or else until it says something. */
function staying(text: string, log: string): string {
  const port = /--port (\d+)/.exec(text)?.[1];
  const ready = port === undefined ? `[ -s ${log} ]` : `(: < /dev/tcp/127.0.0.1/${port}) 2>/dev/null`;
  const waiting = `until ${ready}; do kill -0 $! || { cat ${log}; exit 1; }; sleep 0.1; done`;
  return [`exec ${text} > ${log} 2>&1 &`, waiting, `cat ${log}`].join("\n");
}

/** A server that the page starts listens at the sandbox's port, or at another free one. */
function onSandbox(text: string, { endpoint, redisPort }: WalkedPlace): string {
  return text
    .replaceAll(/https:\/\/s3\.(?:gra\.io\.cloud\.ovh\.net|example\.com)|http:\/\/127\.0\.0\.1:9000/g, endpoint)
    .replaceAll("redis://10.0.0.5:", "redis://127.0.0.1:")
    .replaceAll("6379", String(redisPort))
    .replaceAll("--port 9000", `--port ${new URL(endpoint).port}`);
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

function environment(folder: string, { credentials, endpoint, region }: Place): NodeJS.ProcessEnv {
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

/** The lines of a page that the output does not contain after the ones before them; `...` stands for anything. */
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

/** Up to fifty programs one after the other, which a machine that has other things to do starts slowly. */
const WALK_TIMEOUT_MS = 1_200_000;

/** Does what `docs/<page>.md` says from its top to its end, on a sandbox: a test for each block of commands. */
export function describePage(page: string, walk: PageWalk, tags: readonly string[] = []): void {
  const path = `docs/${page}.md`;
  const missing = walk.needs.filter((name) => findExecutable(name) === undefined);
  const title = missing.length > 0 ? `${path} (needs ${missing.join(", ")})` : path;
  describe.skipIf(missing.length > 0)(title, { tags: [...tags] }, () => {
    const steps = stepsOfPage(path, walk);
    const commands = steps.filter((step) => step.kind === "commands");
    let sandbox: Sandbox | undefined;
    let walked: Walked;

    beforeAll(async () => {
      if (!commands.some(startsSandbox)) sandbox = await startSandbox({ profile: walk.profile ?? "ovh" });
      walked = await walkPage(steps, sandbox ?? (await placeOfPage()));
    }, WALK_TIMEOUT_MS);
    afterAll(() => sandbox?.close());

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

/** What a reader of a page does, with what the page takes for granted. */
function stepsOfPage(path: string, walk: PageWalk): readonly Step[] {
  const isElsewhere = (text: string) => beginsOneOf(text, RUN_ELSEWHERE[path]) !== undefined;
  const found = stepsOf(readFileSync(join(ROOT, path), "utf8"), {
    deploys: deployMissing() === undefined,
    isElsewhere,
  });
  return asWalked(walk.examples === undefined ? found : linesOf(found, path, walk.examples), walk);
}

/** A page of examples is walked line by line, without those that cannot run. */
function linesOf(
  steps: readonly Step[],
  path: string,
  { stay, fail }: NonNullable<PageWalk["examples"]>,
): readonly Step[] {
  return steps.flatMap((step): readonly Step[] => {
    if (step.kind !== "commands") return [step];
    const lines = step.text.split(/(?<!\\)\n/).filter((line) => beginsOneOf(line, NOT_RUN[path]) === undefined);
    return lines.map((text) => ({ ...step, text, stays: stay.includes(text), fails: fail.includes(text), shown: [] }));
  });
}

/** A reader starts the sandbox before anything else. */
function asWalked(steps: readonly Step[], { given = {} }: PageWalk): readonly Step[] {
  const inOrder = [...steps.filter(startsSandbox), ...steps.filter((step) => !startsSandbox(step))];
  const unused = new Set(Object.keys(given));
  return inOrder.flatMap((step) => {
    const begins = step.kind === "commands" ? [...unused].find((words) => step.text.startsWith(words)) : undefined;
    if (begins === undefined || step.kind !== "commands") return [step];
    unused.delete(begins);
    return [{ ...step, text: given[begins] ?? "", fails: false, stays: false, shown: [] }, step];
  });
}

function startsSandbox(step: Step): boolean {
  return step.kind === "commands" && step.stays && step.text.startsWith("bucketseal sandbox");
}

/** That of a sandbox which the page itself starts. */
async function placeOfPage(): Promise<Place> {
  return { endpoint: `http://127.0.0.1:${await freePort()}`, region: "gra", credentials: DEFAULT_CREDENTIALS };
}
