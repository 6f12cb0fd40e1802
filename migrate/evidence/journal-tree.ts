import { openFile, readChunks } from "../journal/folder-files.js";
import { journalLines, readLineBytes, recordOfLine } from "../journal/read-journal.js";
import type { JournalRecord } from "../journal/record.js";
import { HASH_BYTES, leafHash } from "./merkle-tree.js";

const CHUNK_LEAVES = 8192;

/** So many lines of the whole journal, from the one of this number on, from 0. */
export interface LeafRange {
  readonly first: number;
  readonly lines: number;
}

/** The hashes of a range of lines, as one character a byte; those that the file does not hold are left out. */
export async function readLeaves(path: string, { first, lines }: LeafRange): Promise<string[]> {
  await using file = await openFile(path);
  const { size } = await file.stat();
  const length = Math.max(0, Math.min(lines, Math.floor(size / HASH_BYTES) - first)) * HASH_BYTES;
  const { buffer } = await file.read(Buffer.alloc(length), 0, length, first * HASH_BYTES);
  return Array.from({ length: length / HASH_BYTES }, (_, index) =>
    buffer.toString("latin1", index * HASH_BYTES, (index + 1) * HASH_BYTES),
  );
}

/** All of them, one by one. */
export async function* leavesOf(path: string): AsyncGenerator<Buffer> {
  for await (const hashes of readChunks(path, CHUNK_LEAVES * HASH_BYTES)) {
    for (let at = 0; at < hashes.length; at += HASH_BYTES) yield hashes.subarray(at, at + HASH_BYTES);
  }
}

const CR = 0x0d;

interface SegmentLines {
  /** Of each line, as one character a byte. */
  readonly hashes: readonly string[];
  /** Lines that do not end as a run ends them: with CR LF, or with nothing. They are hashed as if they did. */
  readonly otherEnds: number;
  /** Lines beyond the most that were asked for. */
  readonly more: number;
}

/** The lines of a segment that may have been changed in any way, by their hashes. */
export async function segmentLines(path: string, most: number): Promise<SegmentLines> {
  const hashes: string[] = [];
  let [otherEnds, more] = [0, 0];
  for await (const { bytes, ended } of readLineBytes(path)) {
    if (hashes.length >= most) {
      more += 1;
      continue;
    }
    // No line of a journal ends so by itself: JSON has its line breaks escaped.
    const hasCr = bytes.at(-1) === CR;
    if (hasCr || !ended) otherEnds += 1;
    hashes.push(leafHash(hasCr ? bytes.subarray(0, -1) : bytes).toString("latin1"));
  }
  return { hashes, otherEnds, more };
}

/** Where two JSON values first differ, in words; undefined where they do not. */
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

/** A record, and where it stands. */
interface LocatedRecord {
  readonly record: JournalRecord;
  /** Relative to the run folder, with `/` between its parts. */
  readonly segment: string;
  /** From 1. */
  readonly line: number;
}

/** The records of a run that was found to hold, in the order of its journal. */
export async function* locatedRecords(runDir: string, segments: readonly string[]): AsyncGenerator<LocatedRecord> {
  for await (const at of journalLines(runDir, segments)) {
    if (at.cutOff) continue;
    const record = recordOfLine(at);
    if (record.kind !== "segment") yield { record, segment: at.path, line: at.line };
  }
}
