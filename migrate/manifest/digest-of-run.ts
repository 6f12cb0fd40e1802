import { createHash } from "node:crypto";
import { isInJournal } from "../journal/read-journal.js";
import { RUN_FILE } from "../journal/run-record.js";
import type { ManifestEntry } from "./manifest.js";

/**
 * What a run's evidence is known by: its journal and run.json. Reports may be made again, which changes the manifest and not this. It is
 * what `sha256sum journal/*.ndjson run.json | sha256sum` prints in the run folder.
 */
export function digestOfRun(files: readonly ManifestEntry[]): string {
  const evidence = files.filter(({ path }) => path === RUN_FILE || isInJournal(path));
  const hash = createHash("sha256");
  for (const { path, sha256 } of evidence.toSorted((left, right) => (left.path < right.path ? -1 : 1))) {
    hash.update(`${sha256}  ${path}\n`);
  }
  return hash.digest("hex");
}
