import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { MANIFEST_FILE } from "./manifest.js";

/** There while a process works in a run folder, and after one was killed: none of what the run leaves. */
export const LOCK_FILE = "run.lock";

/** Paths relative to the run folder with `/` between their parts, sorted by code unit. */
export interface ListedFiles {
  /** Every regular file but the manifest itself and the lock. */
  readonly files: readonly string[];
  /** Links, pipes and the like: never opened, since a run writes none. */
  readonly others: readonly string[];
}

export async function listFiles(runDir: string): Promise<ListedFiles> {
  const found = (await entriesBelow(runDir, "")).filter(
    ({ path }) => path !== MANIFEST_FILE && !path.startsWith(LOCK_FILE),
  );
  const paths = (regular: boolean) => found.filter(({ entry }) => entry.isFile() === regular).map(({ path }) => path);
  return { files: paths(true).sort(), others: paths(false).sort() };
}

async function entriesBelow(runDir: string, folder: string): Promise<{ path: string; entry: Dirent }[]> {
  const entries = await readdir(join(runDir, folder), { withFileTypes: true });
  const nested = entries.map((entry) => {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    return entry.isDirectory() ? entriesBelow(runDir, path) : Promise.resolve([{ path, entry }]);
  });
  return (await Promise.all(nested)).flat();
}
