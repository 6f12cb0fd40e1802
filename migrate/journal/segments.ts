import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { makeFolder, refuseLinkedFolder } from "../manifest/folder-files.js";

const SEGMENT_NAME = /^(\d{6,})\.ndjson$/;

function journalFolder(runDir: string): string {
  return join(runDir, "journal");
}

/** Paths of a journal's segments, oldest first; none of a run that ended before its first object. */
export async function listSegments(runDir: string): Promise<string[]> {
  const folder = journalFolder(runDir);
  await refuseLinkedFolder(folder);
  const names = (await namesIn(folder)).filter((name) => SEGMENT_NAME.test(name));
  return names.sort((left, right) => segmentNumber(left) - segmentNumber(right)).map((name) => join(folder, name));
}

/** Of regular files alone: a link or a folder is no segment, and is not opened. */
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

/** The path of the segment after the last, its folder made where needed. */
export async function nextSegment(runDir: string): Promise<string> {
  await makeFolder(journalFolder(runDir));
  const last = (await listSegments(runDir)).at(-1);
  const number = last === undefined ? 1 : segmentNumber(last) + 1;
  return join(journalFolder(runDir), `${String(number).padStart(6, "0")}.ndjson`);
}

/** Of a path of `listSegments`. */
export function segmentNumber(path: string): number {
  return Number(SEGMENT_NAME.exec(basename(path))?.[1]);
}
