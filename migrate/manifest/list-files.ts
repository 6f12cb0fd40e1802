import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { unusualKind } from "./folder-files.js";
import { IS_LOCK } from "./lock-file.js";
import { MANIFEST_FILE, SIGNATURE_FILE } from "./run-files.js";

/** They speak of the files of a run, and of one another. */
const SPEAK_OF_FILES: ReadonlySet<string> = new Set([MANIFEST_FILE, SIGNATURE_FILE]);

/** Paths relative to the run folder with `/` between their parts, sorted by code unit. */
export interface ListedFiles {
  /** Every regular file but the manifest itself, its signature and the lock. */
  readonly files: readonly string[];
  /** Links, pipes, empty folders and the like: never opened, since a run writes none. */
  readonly others: readonly OtherEntry[];
  /** Files that are named like the lock, whatever they hold. */
  readonly locks: readonly string[];
}

interface OtherEntry {
  readonly path: string;
  /** In words, such as "a link". */
  readonly is: string;
}

interface Entry {
  readonly path: string;
  /** `null` for a regular file. */
  readonly is: string | null;
}

export async function listFiles(runDir: string): Promise<ListedFiles> {
  const found = (await entriesBelow(runDir, "")).filter(({ path, is }) => !(is === null && SPEAK_OF_FILES.has(path)));
  const sorted = found.sort((left, right) => (left.path < right.path ? -1 : 1));
  return {
    files: sorted.flatMap(({ path, is }) => (is === null && !IS_LOCK.test(path) ? path : [])),
    locks: sorted.flatMap(({ path, is }) => (is === null && IS_LOCK.test(path) ? path : [])),
    others: sorted.flatMap(({ path, is }) => (is === null ? [] : { path, is })),
  };
}

async function entriesBelow(runDir: string, folder: string): Promise<Entry[]> {
  const entries = await readdir(join(runDir, folder), { withFileTypes: true });
  if (entries.length === 0 && !MAY_BE_EMPTY.has(folder)) return [{ path: folder, is: "an empty folder" }];
  return (await Promise.all(entries.map((entry) => entriesOf(runDir, folder, entry)))).flat();
}

const MAY_BE_EMPTY: ReadonlySet<string> = new Set(["", "journal"]);

async function entriesOf(runDir: string, folder: string, entry: Dirent): Promise<Entry[]> {
  const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
  return entry.isDirectory() ? entriesBelow(runDir, path) : [{ path, is: unusualKind(entry) }];
}
