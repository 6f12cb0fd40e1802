import { join, relative, sep } from "node:path";
import { z } from "zod";
import { RunError } from "../errors.js";
import { type Parsed, parseAs } from "../model/parse.js";
import { readChunks } from "./folder-files.js";
import { type JournalRecord, journalRecordSchema } from "./record.js";
import { listSegments, segmentRecordSchema } from "./segments.js";

/**
 * Every record of a run's journal, in the order in which it was written; what its segments begin with is left out. Throws on a
 * line that is none, but for what a killed run left of its last one: nobody was told that it was written.
 */
export async function* readJournal(runDir: string): AsyncGenerator<JournalRecord> {
  const segments = (await listSegments(runDir)).map((path) => relative(runDir, path));
  for await (const at of journalLines(runDir, segments)) {
    if (at.cutOff) continue;
    const record = recordOfLine(at);
    if (record.kind !== "segment") yield record;
  }
}

type AnyRecord = z.infer<typeof journalLineSchema>;

export function parseLine({ text, tooLong }: Pick<JournalLine, "text" | "tooLong">): Parsed<AnyRecord> {
  return tooLong === null ? parseAs(journalLineSchema, text) : { ok: false, problem: tooLongWords(tooLong) };
}

/** Throws a RunError where a line is no record. */
export function recordOfLine(at: JournalLine): AnyRecord {
  const parsed = parseLine(at);
  if (parsed.ok) return parsed.value;
  throw new RunError(`${at.path}: line ${at.line} is no journal record: ${parsed.problem}`);
}

/** Lines of a file of our own, however long, which end at LF alone: JSON may hold U+2028 and U+2029 as they are, and readline splits there. */
export async function* readLines(path: string): AsyncGenerator<string> {
  for await (const { bytes } of readLineBytes(path, Number.POSITIVE_INFINITY)) yield bytes.toString("utf8");
}

const LF = 0x0a;
/** No run writes a longer line. */
export const MAX_LINE_BYTES = 1024 * 1024;

interface LineBytes {
  /** Without the LF; of a line that is too long, its beginning. */
  readonly bytes: Buffer;
  /** False for what stands after the last LF. */
  readonly ended: boolean;
  /** How many bytes the line holds, where that is more than a line may; `null` otherwise. */
  readonly tooLong: number | null;
}

/** The lines of a file as they are, byte for byte, which text is not where it is no UTF-8. Holds no more of one than a line may have. */
export async function* readLineBytes(path: string, maxBytes = MAX_LINE_BYTES): AsyncGenerator<LineBytes> {
  let rest: Buffer[] = [];
  let restBytes = 0;
  const add = (piece: Buffer) => {
    if (piece.length > 0 && restBytes <= maxBytes) rest.push(piece);
    restBytes += piece.length;
  };
  const take = (ended: boolean): LineBytes => {
    const [only] = rest;
    const whole = rest.length === 1 && only !== undefined ? only : Buffer.concat(rest);
    const line =
      restBytes > maxBytes
        ? { bytes: whole.subarray(0, maxBytes), ended, tooLong: restBytes }
        : { bytes: whole, ended, tooLong: null };
    [rest, restBytes] = [[], 0];
    return line;
  };
  for await (const chunk of readChunks(path)) {
    let from = 0;
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, from)) {
      add(chunk.subarray(from, end));
      yield take(true);
      from = end + 1;
    }
    add(chunk.subarray(from));
  }
  if (restBytes > 0) yield take(false);
}

/** What is wrong with a line that is too long, in words. */
function tooLongWords(bytes: number): string {
  return `it holds ${bytes} bytes, and no line of a journal has more than ${MAX_LINE_BYTES} (1 MiB)`;
}

/** Whatever a line of a journal may be: a record, or what a segment begins with. */
export const journalLineSchema = z.discriminatedUnion("kind", [journalRecordSchema, segmentRecordSchema]);

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
