import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";
import { knownSchema } from "../model/parse.js";
import { makeFolder, openToChange, refuseLinkedFolder } from "./folder-files.js";

const SEGMENT_NAME = /^(\d{6,})\.ndjson$/;

function journalFolder(runDir: string): string {
  return join(runDir, "journal");
}

/** Paths of a journal's segments, oldest first. A run that ended before its first object has none. */
export async function listSegments(runDir: string): Promise<string[]> {
  const folder = journalFolder(runDir);
  await refuseLinkedFolder(folder);
  const names = (await namesIn(folder)).filter((name) => SEGMENT_NAME.test(name));
  return names.sort((left, right) => segmentNumber(left) - segmentNumber(right)).map((name) => join(folder, name));
}

/** Regular files only: links and folders are not segments, and are not opened. */
async function namesIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (["ENOENT", "ENOTDIR"].includes(code)) return [];
    throw error;
  }
}

/** The path of the segment after the last one. Creates the folder if needed. */
export async function nextSegment(runDir: string): Promise<string> {
  await makeFolder(journalFolder(runDir));
  const last = (await listSegments(runDir)).at(-1);
  const number = last === undefined ? 1 : segmentNumber(last) + 1;
  return join(journalFolder(runDir), `${String(number).padStart(6, "0")}.ndjson`);
}

/** The number of a path from `listSegments`. */
export function segmentNumber(path: string): number {
  return Number(SEGMENT_NAME.exec(basename(path))?.[1]);
}

const CHUNK_BYTES = 64 * 1024;

/**
 * Removes a truncated line from the end of the last segment. A killed run never reported it as written, so
 * nothing is lost: its object is processed again. Returns the number of bytes removed.
 */
export async function cutTornLine(runDir: string): Promise<number> {
  const last = (await listSegments(runDir)).at(-1);
  if (last === undefined) return 0;
  await using file = await openToChange(last);
  const { size } = await file.stat();
  let end = size;
  while (end > 0) {
    const start = Math.max(0, end - CHUNK_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(end - start), 0, end - start, start);
    const newline = buffer.subarray(0, bytesRead).lastIndexOf(0x0a);
    end = newline === -1 ? start : start + newline + 1;
    if (newline !== -1) break;
  }
  if (end < size) await file.truncate(end);
  return size - end;
}

export const JOURNAL_SCHEMA = "bucketseal/journal/1";

/** The contents of a segment at the time when the next one was begun. */
const segmentEndSchema = z.object({
  number: z.number().int().positive(),
  lines: z.number().int().nonnegative(),
  bytes: z.number().int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type SegmentEnd = z.infer<typeof segmentEndSchema>;

/**
 * The first line of every segment. It describes no object. It links the segments, so that none can be changed
 * alone.
 */
export const segmentRecordSchema = z.object({
  kind: z.literal("segment"),
  schema: knownSchema(JOURNAL_SCHEMA),
  /** As in the file name. */
  number: z.number().int().positive(),
  /** The last earlier segment that contains a line; `null` if there is none. */
  previous: segmentEndSchema.nullable(),
  at: z.string(),
});
export type SegmentRecord = z.infer<typeof segmentRecordSchema>;
