import { join, relative, sep } from "node:path";
import { readLines } from "../journal/read-lines.js";
import { listSegments } from "../journal/segments.js";

export interface JournalLine {
  /** The segment, relative to the run folder. */
  readonly path: string;
  /** From 1. */
  readonly line: number;
  readonly text: string;
  /** The end of the journal, and not the end of a line: a run was killed while it wrote, or is writing. */
  readonly cutOff: boolean;
}

export const JOURNAL_FOLDER = "journal";

export function isInJournal(path: string): boolean {
  return path.startsWith(`${JOURNAL_FOLDER}/`);
}

/** The segments among these files of a run folder, in the order of the journal. */
export async function segmentsAmong(runDir: string, files: readonly string[]): Promise<readonly string[]> {
  if (!files.some(isInJournal)) {
    return [];
  }
  const segments = (await listSegments(runDir)).map((path) => relative(runDir, path).split(sep).join("/"));
  return segments.filter((path) => files.includes(path));
}

export async function* journalLines(runDir: string, segments: readonly string[]): AsyncGenerator<JournalLine> {
  for (const path of segments) {
    let line = 0;
    let cutOff = false;
    const onRest = () => {
      cutOff = path === segments.at(-1);
    };
    for await (const text of readLines(join(runDir, path), onRest)) {
      line += 1;
      yield { path, line, text, cutOff };
    }
  }
}
