import { z } from "zod";
import { parseAs } from "../model/parse.js";
import { readIfThere } from "./read-if-there.js";

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
export type LockHolder = z.infer<typeof holderSchema>;

export function lockText(holder: LockHolder): string {
  return `${JSON.stringify(holder)}\n`;
}

/** `null` where the file is gone, is not written in full, or holds something else. */
export function parseLock(text: string): LockHolder | null {
  const holder = parseAs(holderSchema, text);
  return holder.ok ? holder.value : null;
}

/** Whether a file holds what a lock does, and nothing more. */
export async function isLock(path: string): Promise<boolean> {
  const text = (await readIfThere(path))?.toString("utf8") ?? "";
  const holder = parseLock(text);
  return holder !== null && lockText(holder) === text;
}
