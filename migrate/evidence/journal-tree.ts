import { openFile, readChunks } from "../journal/folder-files.js";
import { journalLines, readLineBytes, recordOfLine } from "../journal/read-journal.js";
import type { JournalRecord } from "../journal/record.js";
import { HASH_BYTES, leafHash } from "./merkle-tree.js";

const CHUNK_LEAVES = 8192;

/** A range of lines of the whole journal. `first` starts at 0. */
export interface LeafRange {
  readonly first: number;
  readonly lines: number;
}

/**
 * The hashes of a range of lines, one character per byte. Hashes that the file does not contain are left out.
 */
export async function readLeaves(path: string, { first, lines }: LeafRange): Promise<string[]> {
  await using file = await openFile(path);
  const { size } = await file.stat();
  const length = Math.max(0, Math.min(lines, Math.floor(size / HASH_BYTES) - first)) * HASH_BYTES;
  const { buffer } = await file.read(Buffer.alloc(length), 0, length, first * HASH_BYTES);
  return Array.from({ length: length / HASH_BYTES }, (_, index) =>
    buffer.toString("latin1", index * HASH_BYTES, (index + 1) * HASH_BYTES),
  );
}

/** Yields all hashes one by one. */
export async function* leavesOf(path: string): AsyncGenerator<Buffer> {
  for await (const hashes of readChunks(path, CHUNK_LEAVES * HASH_BYTES)) {
    for (let at = 0; at < hashes.length; at += HASH_BYTES) yield hashes.subarray(at, at + HASH_BYTES);
  }
}

const CR = 0x0d;

interface SegmentLines {
  /** The hash of each line, one character per byte. */
  readonly hashes: readonly string[];
  /**
   * Number of lines without the usual end: they end with CR LF or without a line break. They are hashed as if
   * they ended with LF.
   */
  readonly otherEnds: number;
  /** Number of lines beyond the requested limit. */
  readonly more: number;
}

/** The hashes of a segment's lines, whatever was changed in it. */
export async function segmentLines(path: string, most: number): Promise<SegmentLines> {
  const hashes: string[] = [];
  let [otherEnds, more] = [0, 0];
  for await (const { bytes, ended } of readLineBytes(path)) {
    if (hashes.length >= most) {
      more += 1;
      continue;
    }
    // A run never writes a line with this end, since JSON escapes its line breaks.
    const hasCr = bytes.at(-1) === CR;
    if (hasCr || !ended) otherEnds += 1;
    hashes.push(leafHash(hasCr ? bytes.subarray(0, -1) : bytes).toString("latin1"));
  }
  return { hashes, otherEnds, more };
}

/** The first difference between two JSON values, in words; undefined if there is none. */
export function firstDifference(said: unknown, folded: unknown, path = ""): string | undefined {
  if (!isTable(said) || !isTable(folded)) {
    return Object.is(said, folded)
      ? undefined
      : `${path || "it"} is ${inWords(said)}, but should be ${inWords(folded)}`;
  }
  const keys = [...new Set([...Object.keys(folded), ...Object.keys(said)])];
  for (const key of keys) {
    const difference = firstDifference(said[key], folded[key], path === "" ? key : `${path}.${key}`);
    if (difference !== undefined) {
      return difference;
    }
  }
  return undefined;
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function inWords(value: unknown): string {
  return value === undefined ? "not there" : JSON.stringify(value).slice(0, 80);
}

/** A record and its position. */
interface LocatedRecord {
  readonly record: JournalRecord;
  /** Relative to the run folder, separated by `/`. */
  readonly segment: string;
  /** Starts at 1. */
  readonly line: number;
}

/** Yields the records of a verified run in journal order. */
export async function* locatedRecords(runDir: string, segments: readonly string[]): AsyncGenerator<LocatedRecord> {
  for await (const at of journalLines(runDir, segments)) {
    if (at.cutOff) continue;
    const record = recordOfLine(at);
    if (record.kind !== "segment") yield { record, segment: at.path, line: at.line };
  }
}
