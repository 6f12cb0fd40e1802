import { randomUUID } from "node:crypto";
import { rename, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { z } from "zod";
import { RunError } from "../errors.js";
import { parseAs } from "../model/parse.js";
import { createFile, readIfThere, readWhole, UnsafeFileError } from "./folder-files.js";

/** The locks of this very process: that its number stands in a file says nothing, since numbers come again. */
const ownIds = new Set<string>();
const TRIES = 5;
/** For a file that is there and has yet to be filled. */
const WHILE_WRITTEN_MS = 50;

/** Keeps a run folder to one process at a time, by a file that is there while one works in it. */
export interface RunLock {
  /** Rejects with a RunError where another process has the folder, or may have it. The folder has to be there. */
  take(runDir: string): Promise<void>;
  /** Gives back whatever was taken. */
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
      // Whoever was told that this process is dead may have taken it over.
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
    `run folder "${runDir}" is in use, and "${path}" does not say by whom: delete that file if no process works in the folder`,
  );
}

/** False where the file is there already. */
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

/** `null` where the file is gone by now, or not written in full. */
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
      `run folder "${runDir}" is in use by process ${pid}, since ${since}: wait for it to end, or stop it; if it is no bucketseal, delete "${path}"`,
    );
  }
  // Of several that saw the dead one's file, one renames it; another may have put its own in between, and gets it back.
  const aside = `${path}.${randomUUID()}`;
  await rename(path, aside).catch(ignoreGone);
  if ((await readHolder(aside))?.id === holder.id) await rm(aside, { force: true });
  else await rename(aside, path).catch(ignoreGone);
}

function isRunning(pid: number): boolean {
  try {
    // Signal 0 only asks.
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function ignoreGone(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}

/** There while a process works in a run folder, and after one was killed: no part of a run that ended. */
export const LOCK_FILE = "run.lock";
/** The lock, and what one is renamed to while it is taken over. */
export const IS_LOCK = /^run\.lock(\.[0-9a-f-]{36})?$/;

const holderSchema = z.strictObject({
  pid: z.number().int().positive(),
  host: z.string(),
  since: z.string(),
  id: z.string(),
});
/** The process that works in the folder. */
type LockHolder = z.infer<typeof holderSchema>;

function lockText(holder: LockHolder): string {
  return `${JSON.stringify(holder)}\n`;
}

/** `null` where the file is gone, is not written in full, or holds something else. */
function parseLock(text: string): LockHolder | null {
  const holder = parseAs(holderSchema, text);
  return holder.ok ? holder.value : null;
}

/** Whether a file holds what a lock does, and nothing more. */
export async function isLock(path: string): Promise<boolean> {
  const text = (await readIfThere(path))?.toString("utf8") ?? "";
  const holder = parseLock(text);
  return holder !== null && lockText(holder) === text;
}
