import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { expect } from "vitest";
import { SWEEP_TIMEOUT_MS } from "../length.js";
import type { Running } from "./run-cli.js";

export async function processesOf(running: Running): Promise<readonly number[]> {
  const text = await readFile(`/proc/${running.pid}/task/${running.pid}/children`, "utf8").catch(() => "");
  return text.trim().split(" ").filter(Boolean).map(Number);
}

/** The processes of its workers, once it has any. */
export async function workersOf(running: Running): Promise<readonly number[]> {
  let isOver = false;
  void running.ended.then(() => {
    isOver = true;
  });
  while (!isOver) {
    const found = await processesOf(running);
    if (found.length > 0) return found;
    await wait(5);
  }
  throw new Error(`it ended without a worker: ${JSON.stringify(await running.ended)}`);
}

/** Nobody may wait for the end of an orphan, which then stays as a zombie. */
async function isGone(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return stat === "" || /\) Z /.test(stat);
}

export async function expectGone(workers: readonly number[]): Promise<void> {
  for (const worker of workers) await expect.poll(() => isGone(worker), { timeout: SWEEP_TIMEOUT_MS }).toBe(true);
}

export function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** How many ranges the checkpoints of a run name. `kind`: those of objects, or of versions. */
export async function rangesOf(runDir: string, kind = "checkpoint"): Promise<number> {
  const journal = await readFile(join(runDir, "journal", "000001.ndjson"), "utf8");
  const lines = journal.split("\n").filter((line) => line.startsWith(`{"kind":"${kind}"`));
  return new Set(lines.map((line) => /"after":"[^"]*"/.exec(line)?.[0])).size;
}
