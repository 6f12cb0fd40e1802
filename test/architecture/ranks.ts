import { importsOf } from "./imports.js";
import type { Source } from "./source.js";

/** The folders of migrate/, lowest first: each may import only those before it. The table of docs/ARCHITECTURE.md. */
export const RANKS = [
  "store",
  "model",
  "keys",
  "plan",
  "journal",
  "list",
  "object",
  "report",
  "evidence",
  "compare",
  "versions",
  "probe",
  "options",
  "run",
];

/** Files that stand beside the folders and may be imported by all of them. */
const BELOW_ALL: ReadonlySet<string> = new Set(["migrate/errors.ts"]);

/** Imports, of types too, from a folder of migrate/ to one above it; and folders without a rank. */
export function upwardImports(sources: readonly Source[]): string[] {
  return sources.flatMap(importsOf).flatMap(({ at, from, to }) => {
    if (!to.startsWith("migrate/") || BELOW_ALL.has(to)) return [];
    const [mine, other] = [rankOf(from), rankOf(to)];
    if (mine === -1) return [`${at}: its folder has no rank`];
    return other > mine ? [`${at} imports ${to}, which is above it`] : [];
  });
}

/** Files beside the folders are above them all; -1 for a folder that is not ranked. */
function rankOf(path: string): number {
  const [top, folder, ...rest] = path.split("/");
  if (top !== "migrate" || rest.length === 0) return RANKS.length;
  return RANKS.indexOf(folder ?? "");
}
