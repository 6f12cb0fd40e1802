// Measures runs that workers share by a queue, with a redis-server and a stub store of its own: docs/scale.md.
//   npx tsx bench/queue.ts [--objects N] [--only speed|ceiling|cpu]
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type RedisServer, startRedis } from "../test/cli/redis-server.js";
import { measure } from "./measure.js";
import { environmentOf, type OpenStub, openStub } from "./open-stub.js";
import { CLI, commandOf } from "./scenarios.js";

const { values } = parseArgs({ options: { objects: { type: "string", default: "20000" }, only: { type: "string" } } });
const objects = Number(values.objects);
const MEASURES = { speed, ceiling, cpu };

for (const [name, run] of Object.entries(MEASURES)) if (values.only === undefined || values.only === name) await run();

/** Each worker has so few objects in flight that the latency decides, and not the cores of this machine. */
async function speed(): Promise<void> {
  const rates: number[][] = [];
  for (const workers of [1, 4]) {
    const { seconds, tenths } = await migrated({ workers, latencyMs: 50, options: ["--concurrency", "16"] });
    const rate = [objects / seconds, steadyRate(tenths)];
    rates.push(rate);
    const [whole = "", steady = ""] = rate.map((each) => each.toFixed(0));
    print(`${workers} workers, 50 ms, 16 objects in flight each`, `${whole} objects/s; ${steady} in the middle half`);
  }
  const [whole = "", steady = ""] = [0, 1].map((nth) => ((rates[1]?.[nth] ?? 0) / (rates[0]?.[nth] ?? 1)).toFixed(2));
  print("4 workers against 1", `${whole} (wanted: at least 3.5); ${steady} in the middle half`);
}

async function ceiling(): Promise<void> {
  const { tenths } = await migrated({ workers: 4, latencyMs: 20, options: ["--writes-per-second", "300"] });
  const perSecond = tenSecondsOf(tenths).map((copies) => copies / 10);
  const [least, most] = [Math.min(...perSecond), Math.max(...perSecond)];
  print("4 workers, ceiling of 300 writes/s, any 10 s", `${least} to ${most} writes/s (wanted: 285 to 305)`);
}

/** The queue against the same number of processes on one machine: one that lists and owns the run, and one beside it. */
async function cpu(): Promise<void> {
  const queued = await migrated({ workers: 1, latencyMs: 0, options: [] });
  const local = await migrated({ workers: 0, latencyMs: 0, options: ["--workers", "2"] });
  print("CPU with --queue and one worker, Redis included", `${perObject(queued)} ms an object`);
  print("CPU with --workers 2", `${perObject(local)} ms an object`);
  print("the first against the second", `${(queued.cpuSeconds / local.cpuSeconds).toFixed(2)} (wanted: at most 1.03)`);
}

interface Migration {
  /** 0 for a run without a queue. */
  readonly workers: number;
  readonly latencyMs: number;
  readonly options: readonly string[];
}

async function migrated({ workers, latencyMs, options }: Migration) {
  const folder = await mkdtemp(join(tmpdir(), "bucketseal-bench-"));
  const stub = await openStub({ keys: objects, latencyMs });
  const redis = workers === 0 ? undefined : await startRedis();
  try {
    return await measuredRun({ folder, stub, redis, workers, options });
  } finally {
    await redis?.close();
    stub.close();
    await rm(folder, { recursive: true });
  }
}

interface Parts extends Pick<Migration, "workers" | "options"> {
  readonly folder: string;
  readonly stub: OpenStub;
  readonly redis: RedisServer | undefined;
}

/**
 * The coordinator's time from its start to its end, with workers that wait for it: they have machines of their own elsewhere. The
 * CPU time of all processes, and Redis's until now.
 */
async function measuredRun({ folder, stub, redis, workers, options }: Parts) {
  const env = environmentOf(folder);
  const queue = redis === undefined ? [] : ["--queue", redis.url];
  const shell = Array.from({ length: workers }, () => [process.execPath, CLI, "worker", ...queue, "--once"].join(" "));
  const [file, ...args] = commandOf("migrate", [...queue, ...options])({ endpoint: stub.endpoint, folder });
  // One tree of processes: the workers in the background, and the coordinator.
  const script = [
    ...shell.map((command, nth) => `${command} 2>worker-${nth}.log &`),
    `until [ "$(grep -ls 'waiting for a run' worker-*.log | wc -l)" -eq ${workers} ]; do sleep 0.1; done`,
    'date +%s%N >begun; "$@"; code=$?; date +%s%N >over',
    "wait; exit $code",
  ].join("\n");
  const cost = await measure({ file: "sh", args: ["-c", script, "sh", file, ...args], folder, env });
  const [begun = 0, over = 0] = await Promise.all(
    ["begun", "over"].map(async (name) => Number(await readFile(join(folder, name), "utf8"))),
  );
  const { sealed, copiesPerTenth } = await stub.ask("counts");
  if (sealed !== objects) throw new Error(`${sealed} of ${objects} objects were encrypted`);
  const ofRedis = redis === undefined ? 0 : await cpuOf(redis);
  return { ...cost, seconds: (over - begun) / 1e9, cpuSeconds: cost.cpuSeconds + ofRedis, tenths: copiesPerTenth };
}

async function cpuOf({ client }: RedisServer): Promise<number> {
  if (client.status !== "ready") await once(client, "ready");
  const info = await client.info("cpu");
  const of = (name: string) => Number(new RegExp(`^used_cpu_${name}:([\\d.]+)`, "m").exec(info)?.[1]);
  return of("sys") + of("user");
}

/** Copies a second in the middle half of the time in which there are any: without start and end. */
function steadyRate(tenths: readonly number[]): number {
  const first = tenths.findIndex((copies) => copies > 0);
  const quarter = Math.floor((tenths.length - first) / 4);
  const middle = tenths.slice(first + quarter, tenths.length - quarter);
  return (10 * middle.reduce((sum, copies) => sum + copies, 0)) / middle.length;
}

/** The sums of all ten seconds, from the first copy to the last. */
function tenSecondsOf(tenths: readonly number[]): number[] {
  const first = tenths.findIndex((copies) => copies > 0);
  const starts = Array.from({ length: Math.max(0, tenths.length - first - 100) }, (_, index) => first + index);
  if (starts.length === 0) throw new Error("the run took less than ten seconds: give more --objects");
  return starts.map((start) => tenths.slice(start, start + 100).reduce((sum, copies) => sum + copies, 0));
}

function perObject({ cpuSeconds }: { readonly cpuSeconds: number }): string {
  return ((1000 * cpuSeconds) / objects).toFixed(2);
}

function print(what: string, figure: string): void {
  process.stdout.write(`${what}: ${figure}\n`);
}
