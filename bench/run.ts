// What bucketseal costs, side by side with other tools, on a stub store in a process of its own: docs/performance.md.
//   npm run bench [-- --objects N] [--runs N] [--only SCENARIO]... [--long] [--json FILE]
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { cpus, loadavg, release, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { DEFAULT_CREDENTIALS } from "../sandbox/index.js";
import { type Cost, measure } from "./measure.js";
import { type Scenario, type Subject, scenariosFor } from "./scenarios.js";
import type { StubCounts, StubOptions } from "./stub/answer-request.js";
import { type Measured, type Result, type Run, ratiosOf, tableOf } from "./tables.js";

const STUB = fileURLToPath(new URL("stub-server.ts", import.meta.url));

const { values } = parseArgs({
  options: {
    objects: { type: "string", default: "20000" },
    runs: { type: "string", default: "3" },
    only: { type: "string", multiple: true },
    long: { type: "boolean", default: false },
    json: { type: "string" },
  },
});
const runs = amount("runs", values.runs);
const scenarios = chosen(scenariosFor(amount("objects", values.objects)));
if (!existsSync("/proc/self/stat"))
  throw new Error("the bench counts CPU time and memory in /proc, which Linux alone has");

const environment = describeMachine();
process.stdout.write(
  `${Object.entries(environment)
    .map(([name, value]) => `${name}: ${value}`)
    .join("\n")}\n\n`,
);
const results: Result[] = [];
for (const scenario of scenarios) {
  const result = await play(scenario);
  results.push(result);
  process.stdout.write(`${tableOf(result)}\n\n`);
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify({ environment, results }, null, 2)}\n`);
}

/** All subjects in turn, and all of them again: what else the machine does meets each of them. */
async function play(scenario: Scenario): Promise<Result> {
  const missing = scenario.subjects.map((subject) => subject.missing?.());
  const subjects = scenario.subjects.filter((_, index) => missing[index] === undefined);
  const skipped = missing.flatMap((why, index) =>
    why === undefined ? [] : [`${scenario.subjects[index]?.name}: ${why}`],
  );
  const stubs = await Promise.all(subjects.map(({ stub }) => openStub({ ...scenario.stub, ...stub })));
  const rounds: Run[][] = subjects.map(() => []);
  const objectsOf = ({ stub }: Subject) => stub?.keys ?? scenario.stub.keys;
  try {
    for (let round = 0; round < (scenario.runs ?? runs); round += 1) {
      for (const [index, subject] of subjects.entries()) {
        rounds[index]?.push(await runOn(stubs[index] as OpenStub, subject, objectsOf(subject)));
      }
    }
  } finally {
    for (const stub of stubs) stub.close();
  }
  const measured: Measured[] = subjects.map((subject, index) => {
    return { subject: subject.name, times: subject.times ?? 1, objects: objectsOf(subject), runs: rounds[index] ?? [] };
  });
  const { name, title, stub } = scenario;
  return {
    scenario: name,
    title,
    latencyMs: stub.latencyMs ?? 0,
    measured,
    ratios: ratiosOf(scenario, measured),
    skipped,
  };
}

async function runOn(stub: OpenStub, subject: Subject, objects: number): Promise<Run> {
  const folder = await mkdtemp(join(tmpdir(), "bucketseal-bench-"));
  try {
    await stub.ask("reset");
    const [file, ...args] = subject.command({ endpoint: stub.endpoint, folder });
    const cost: Cost = await measure({ file, args, folder, env: environmentOf(folder) }, subject.times);
    const counts = await stub.ask("counts");
    if (!subject.isDone(counts, objects)) {
      throw new Error(`${subject.name} ended well, but the store did not see its work: ${JSON.stringify(counts)}`);
    }
    return { ...cost, counts };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** As of a person who has set nothing but these: a CA bundle or a proxy of this machine changes what a client does. */
function environmentOf(folder: string): Record<string, string> {
  return {
    PATH: process.env.PATH ?? "",
    HOME: folder,
    AWS_ACCESS_KEY_ID: DEFAULT_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: DEFAULT_CREDENTIALS.secretAccessKey,
    AWS_REGION: "us-east-1",
    AWS_EC2_METADATA_DISABLED: "true",
  };
}

interface OpenStub {
  readonly endpoint: string;
  ask(what: "counts" | "reset"): Promise<StubCounts>;
  close(): void;
}

async function openStub({ keys, layout, latencyMs, ceiling, acls }: StubOptions): Promise<OpenStub> {
  const options = { keys, layout, latency: latencyMs, ceiling, acls };
  const args = Object.entries(options).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, String(value)],
  );
  const child = spawn(process.execPath, ["--import", "tsx", STUB, ...args], {
    stdio: ["ignore", "pipe", "inherit", "ipc"],
    env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
  });
  const [line] = (await once(child.stdout as NodeJS.ReadableStream, "data")) as [Buffer];
  const endpoint = line.toString().trim();
  return {
    endpoint,
    ask: async (what) => (await (await fetch(`${endpoint}/-/${what}`)).json()) as StubCounts,
    close: () => void child.kill(),
  };
}

function chosen(all: readonly Scenario[]): readonly Scenario[] {
  const { only, long } = values;
  for (const name of only ?? []) {
    if (all.some((scenario) => scenario.name === name)) continue;
    throw new Error(`--only is "${name}", but must be one of ${all.map((scenario) => scenario.name).join(", ")}`);
  }
  return all.filter(({ name, isLong }) => (only?.includes(name) ?? true) && (long || isLong !== true));
}

function describeMachine(): Record<string, string> {
  const version = (program: string, ...args: string[]) => {
    const { stdout, error } = spawnSync(program, args, { encoding: "utf8" });
    return error === undefined ? (stdout.trim().split("\n")[0] ?? "") : "not on the PATH";
  };
  return {
    date: new Date().toISOString(),
    commit: version("git", "rev-parse", "--short", "HEAD"),
    machine: `${cpus().length} x ${cpus()[0]?.model}, ${Math.round(totalmem() / 1024 ** 3)} GiB, Linux ${release()}`,
    "load before": loadavg()[0]?.toFixed(2) ?? "",
    node: process.version,
    s5cmd: version("s5cmd", "version"),
    rclone: version("rclone", "version"),
    aws: version("aws", "--version"),
  };
}

function amount(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new Error(`--${name} is "${text}", but must be a whole number above 0`);
}
