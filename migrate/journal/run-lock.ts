import { randomUUID } from "node:crypto";
import { rename, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { z } from "zod";
import { RunError } from "../errors.js";
import { parseAs } from "../model/parse.js";
import { createFile, readIfThere, readWhole, UnsafeFileError } from "./folder-files.js";

/** The locks of this process. A matching process ID in a file proves nothing, since IDs are reused. */
const ownIds = new Set<string>();
const TRIES = 5;
/** How long to wait while another process creates and fills the file. */
const WHILE_WRITTEN_MS = 50;

/** Restricts a run folder to one process at a time. A lock file exists while a process uses the folder. */
export interface RunLock {
  /** Rejects with a RunError if another process uses the folder, or may use it. The folder must exist. */
  take(runDir: string): Promise<void>;
  /** Releases the lock, if taken. */
  release(): Promise<void>;
}

export function createRunLock(now: () => Date = () => new Date()): RunLock {
  const own: LockHolder = { pid: process.pid, host: hostname(), since: now().toISOString(), id: randomUUID() };
  let path: string | null = null;
  return {
    take: async (runDir) => {
      const wanted = resolve(runDir, LOCK_FILE);
      if (wanted === path) return;
      ownIds.add(own.id);
      await takeFile(wanted, own, runDir);
      path = wanted;
    },
    release: async () => {
      if (path === null) return;
      // Another process that believed this one dead may have taken over the lock.
      if ((await readHolder(path))?.id === own.id) await rm(path, { force: true });
      ownIds.delete(own.id);
      path = null;
    },
  };
}

async function takeFile(path: string, own: LockHolder, runDir: string): Promise<void> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    if (await written(path, own)) return;
    const holder = await readHolder(path);
    if (holder === null) await setTimeout(WHILE_WRITTEN_MS);
    else await takeOver(path, holder, runDir);
  }
  throw new RunError(
    `run folder "${runDir}" is in use, and "${path}" does not say by whom: delete that file if no process uses the folder`,
  );
}

/** False if the file already exists. */
async function written(path: string, own: LockHolder): Promise<boolean> {
  try {
    await using file = await createFile(path);
    await file.appendFile(lockText(own));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** `null` if the file no longer exists or is incomplete. */
async function readHolder(path: string): Promise<LockHolder | null> {
  const bytes = await readWhole(path).catch((error: unknown) => {
    if (error instanceof UnsafeFileError) throw error;
    return Buffer.alloc(0);
  });
  return parseLock(bytes.toString("utf8"));
}

async function takeOver(path: string, holder: LockHolder, runDir: string): Promise<void> {
  const { pid, host, since, id } = holder;
  if (host !== hostname()) {
    throw new RunError(
      `run folder "${runDir}" is in use by process ${pid} on ${host}, since ${since}: wait for it, or delete "${path}" if that process has ended`,
    );
  }
  if (pid === process.pid ? ownIds.has(id) : isRunning(pid)) {
    throw new RunError(
      `run folder "${runDir}" is in use by process ${pid}, since ${since}: wait for it to end, or stop it; if that process is not bucketseal, delete "${path}"`,
    );
  }
  // If several processes see the dead one's file, only one renames it. A process that created its own lock in
  // between gets it back.
  const aside = `${path}.${randomUUID()}`;
  await rename(path, aside).catch(ignoreGone);
  if ((await readHolder(aside))?.id === holder.id) await rm(aside, { force: true });
  else await rename(aside, path).catch(ignoreGone);
}

function isRunning(pid: number): boolean {
  try {
    // Signal 0 only checks that the process exists.
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function ignoreGone(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}

/** Exists while a process uses a run folder, and after one was killed. A finished run has no lock. */
export const LOCK_FILE = "run.lock";
/** The lock, and the name it gets while another process takes it over. */
export const IS_LOCK = /^run\.lock(\.[0-9a-f-]{36})?$/;

const holderSchema = z.strictObject({
  pid: z.number().int().positive(),
  host: z.string(),
  since: z.string(),
  id: z.string(),
});
/** The process that uses the folder. */
type LockHolder = z.infer<typeof holderSchema>;

function lockText(holder: LockHolder): string {
  return `${JSON.stringify(holder)}\n`;
}

/** `null` if the file no longer exists, is incomplete, or contains something else. */
function parseLock(text: string): LockHolder | null {
  const holder = parseAs(holderSchema, text);
  return holder.ok ? holder.value : null;
}

/** Whether a file contains a lock and nothing else. */
export async function isLock(path: string): Promise<boolean> {
  const text = (await readIfThere(path))?.toString("utf8") ?? "";
  const holder = parseLock(text);
  return holder !== null && lockText(holder) === text;
}
