// Measures one command: CPU time, memory and time of its whole process tree, as Linux counts them in /proc.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface Cost {
  readonly seconds: number;
  /** User and system time of the process and of every process that it started and waited for. */
  readonly cpuSeconds: number;
  /** The largest resident memory; for several processes at once, the sum of each one's largest. 0 if it ended before it was looked at. */
  readonly peakBytes: number;
}

/** Linux counts CPU time in these, whatever the kernel's own timer is. */
const TICKS_A_SECOND = 100;
const LOOK_MS = 50;
const MOST_MESSAGE = 2000;

/**
 * Runs the command `times` times, one after the other, and adds up; the memory is the largest of one.
 *
 * @throws Error with what the command wrote on stderr if it ends with another code than 0
 */
export async function measure(command: Command, times = 1): Promise<Cost> {
  const ticks = ticksOfChildren();
  const startedMs = performance.now();
  let peakBytes = 0;
  for (let run = 0; run < times; run += 1) peakBytes = Math.max(peakBytes, await runOnce(command));
  const seconds = (performance.now() - startedMs) / 1000;
  return { seconds, cpuSeconds: (ticksOfChildren() - ticks) / TICKS_A_SECOND, peakBytes };
}

async function runOnce({ file, args, folder, env }: Command): Promise<number> {
  const child = spawn(file, args, { cwd: folder, env, stdio: ["ignore", "ignore", "pipe"] });
  let message = "";
  child.stderr.on("data", (chunk: Buffer) => (message = `${message}${chunk}`.slice(-MOST_MESSAGE)));
  const peaks = new Map<number, number>();
  const timer = setInterval(() => lookAt(child, peaks), LOOK_MS);
  const [code] = (await once(child, "close").finally(() => clearInterval(timer))) as [number | null];
  if (code !== 0) throw new Error(`${file} ${args.join(" ")} ended with ${code}:\n${message}`);
  return [...peaks.values()].reduce((sum, bytes) => sum + bytes, 0);
}

function lookAt({ pid }: ChildProcess, peaks: Map<number, number>): void {
  for (const process of pid === undefined ? [] : treeOf(pid)) {
    const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(readProc(`${process}/status`)) ?? [];
    if (kib !== undefined) peaks.set(process, Number(kib) * 1024);
  }
}

function treeOf(pid: number): number[] {
  const children = readProc(`${pid}/task/${pid}/children`).split(" ").filter(Boolean).map(Number);
  return [pid, ...children.flatMap(treeOf)];
}

/** The sum for the children that have ended, their own children included. */
function ticksOfChildren(): number {
  const stat = readFileSync("/proc/self/stat", "latin1");
  // The name of the program comes second, and may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[13]) + Number(fields[14]);
}

/** Empty if the process has ended. */
function readProc(path: string): string {
  try {
    return readFileSync(`/proc/${path}`, "latin1");
  } catch {
    return "";
  }
}
