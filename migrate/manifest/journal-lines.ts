import { join, relative, sep } from "node:path";
import { readLineBytes } from "../journal/read-line-bytes.js";
import { listSegments } from "../journal/segments.js";

export interface JournalLine {
  /** The segment, relative to the run folder. */
  readonly path: string;
  /** From 1. */
  readonly line: number;
  readonly text: string;
  /** How many bytes it holds, where that is more than a line may: the text is its beginning then. `null` otherwise. */
  readonly tooLong: number | null;
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
    for await (const { bytes, ended, tooLong } of readLineBytes(join(runDir, path))) {
      line += 1;
      yield { path, line, text: bytes.toString("utf8"), tooLong, cutOff: !ended && path === segments.at(-1) };
    }
  }
}
