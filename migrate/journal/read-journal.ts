import { join, relative, sep } from "node:path";
import { z } from "zod";
import { RunError } from "../errors.js";
import { type Parsed, parserOf } from "../model/parse.js";
import { countOf } from "../model/text.js";
import { readChunks } from "./folder-files.js";
import { type JournalRecord, journalRecordSchema } from "./record.js";
import { listSegments, segmentRecordSchema } from "./segments.js";

/**
 * Yields every record of a run's journal in the order of writing, without the segment headers. Skips a
 * truncated last line: a killed run leaves one, and never reported it as written.
 *
 * @throws RunError for any other line that is not a record
 */
export async function* readJournal(runDir: string): AsyncGenerator<JournalRecord> {
  const segments = (await listSegments(runDir)).map((path) => relative(runDir, path));
  for await (const lines of journalChunks(runDir, segments)) {
    for (const at of lines) {
      if (at.cutOff) continue;
      const record = recordOfLine(at);
      if (record.kind !== "segment") yield record;
    }
  }
}

type AnyRecord = z.infer<typeof journalLineSchema>;

export function parseLine({ text, tooLong }: Pick<JournalLine, "text" | "tooLong">): Parsed<AnyRecord> {
  return tooLong === null ? parseRecord(text) : { ok: false, problem: tooLongWords(tooLong) };
}

/** Throws a RunError if the line is not a record. */
export function recordOfLine(at: JournalLine): AnyRecord {
  const parsed = parseLine(at);
  if (parsed.ok) return parsed.value;
  throw new RunError(`${at.path}: line ${at.line} is not a journal record: ${parsed.problem}`);
}

/**
 * The lines of one of our own files, of any length, split at LF only. JSON may contain U+2028 and U+2029
 * unescaped, and readline splits there.
 */
export async function* readLines(path: string, from = 0, chunkBytes?: number): AsyncGenerator<string> {
  for await (const lines of readLineChunks(path, Number.POSITIVE_INFINITY, from, chunkBytes)) {
    for (const { bytes } of lines) yield bytes.toString("utf8");
  }
}

const LF = 0x0a;
/** No run writes a longer line. */
export const MAX_LINE_BYTES = 1024 * 1024;

interface LineBytes {
  /** Without the LF. If the line is too long, only its beginning. */
  readonly bytes: Buffer;
  /** False for the bytes after the last LF. */
  readonly ended: boolean;
  /** The length of the line in bytes if it exceeds the limit; `null` otherwise. */
  readonly tooLong: number | null;
}

/**
 * The lines of a file as bytes, because text would change bytes that are not UTF-8. Keeps at most `maxBytes`
 * of a line in memory.
 */
export async function* readLineBytes(path: string, maxBytes = MAX_LINE_BYTES, from = 0): AsyncGenerator<LineBytes> {
  for await (const lines of readLineChunks(path, maxBytes, from)) for (const line of lines) yield line;
}

/** As `readLineBytes`, but the lines that end in one chunk together: waiting for each costs more than reading it. */
export async function* readLineChunks(
  path: string,
  maxBytes = MAX_LINE_BYTES,
  from = 0,
  chunkBytes?: number,
): AsyncGenerator<readonly LineBytes[]> {
  let rest: Buffer[] = [];
  let restBytes = 0;
  const add = (piece: Buffer) => {
    if (piece.length > 0 && restBytes <= maxBytes) rest.push(piece);
    restBytes += piece.length;
  };
  const take = (ended: boolean): LineBytes => {
    const tooLong = restBytes > maxBytes ? restBytes : null;
    const bytes = Buffer.concat(rest, Math.min(restBytes, maxBytes));
    [rest, restBytes] = [[], 0];
    return { bytes, ended, tooLong };
  };
  for await (const chunk of readChunks(path, chunkBytes, from)) {
    const lines: LineBytes[] = [];
    let start = 0;
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, start)) {
      const bytes = chunk.subarray(start, end);
      start = end + 1;
      if (restBytes === 0 && bytes.length <= maxBytes) {
        lines.push({ bytes, ended: true, tooLong: null });
        continue;
      }
      add(bytes);
      lines.push(take(true));
    }
    add(chunk.subarray(start));
    yield lines;
  }
  if (restBytes > 0) yield [take(false)];
}

/** The problem of a line that is too long, in words. */
function tooLongWords(bytes: number): string {
  return `it has ${countOf(bytes, "byte")}, and no line of a journal has more than ${MAX_LINE_BYTES} (1 MiB)`;
}

/** Any line of a journal: a record or a segment header. */
export const journalLineSchema = z.discriminatedUnion("kind", [journalRecordSchema, segmentRecordSchema]);
const parseRecord = parserOf(journalLineSchema);

export interface JournalLine {
  /** The segment, relative to the run folder. */
  readonly path: string;
  /** Starts at 1. */
  readonly line: number;
  readonly text: string;
  /**
   * The length of the line in bytes if it exceeds the limit; `text` is then only its beginning. `null`
   * otherwise.
   */
  readonly tooLong: number | null;
  /** The journal ends within this line: a run was killed while it wrote, or is still writing. */
  readonly cutOff: boolean;
}

export const JOURNAL_FOLDER = "journal";

export function isInJournal(path: string): boolean {
  return path.startsWith(`${JOURNAL_FOLDER}/`);
}

/** The segments among these files of a run folder, in journal order. */
export async function segmentsAmong(runDir: string, files: readonly string[]): Promise<readonly string[]> {
  if (!files.some(isInJournal)) {
    return [];
  }
  const segments = (await listSegments(runDir)).map((path) => relative(runDir, path).split(sep).join("/"));
  return segments.filter((path) => files.includes(path));
}

export async function* journalLines(runDir: string, segments: readonly string[]): AsyncGenerator<JournalLine> {
  for await (const lines of journalChunks(runDir, segments)) for (const line of lines) yield line;
}

async function* journalChunks(runDir: string, segments: readonly string[]): AsyncGenerator<readonly JournalLine[]> {
  for (const path of segments) {
    let line = 0;
    for await (const lines of readLineChunks(join(runDir, path))) {
      yield lines.map(({ bytes, ended, tooLong }) => {
        line += 1;
        return { path, line, text: bytes.toString("utf8"), tooLong, cutOff: !ended && path === segments.at(-1) };
      });
    }
  }
}
