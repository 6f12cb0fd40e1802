// Measures the cost of bucketseal side by side with other tools, on a stub store in a process of its own: docs/performance.md.
//   npm run bench [-- --objects N] [--runs N] [--only SCENARIO]... [--long] [--json FILE]
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { cpus, loadavg, release, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Cost, measure } from "./measure.js";
import { environmentOf, type OpenStub, openStub } from "./open-stub.js";
import { type Scenario, type Subject, scenariosFor } from "./scenarios.js";
import { type Measured, type Result, type Run, ratiosOf, ratioTableOf, tableOf } from "./tables.js";

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
if (results.length > 1) process.stdout.write(`## all ratios\n\n${ratioTableOf(results)}\n`);

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
