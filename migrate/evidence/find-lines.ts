import { join } from "node:path";
import { journalLineSchema, readLineBytes } from "../journal/read-journal.js";
import type { JournalRecord } from "../journal/record.js";
import { parseAs } from "../model/parse.js";

export interface FoundLine {
  /** The segment, relative to the run folder. */
  readonly path: string;
  /** Number in the segment, from 1. */
  readonly line: number;
  /** Index among all lines of the journal, from 0. */
  readonly index: number;
  readonly bytes: Buffer;
}

interface FoundLines {
  readonly lines: readonly FoundLine[];
  /** The version IDs in all lines of the key, including lines that were not requested. */
  readonly versionIds: readonly string[];
}

/** Searches these segments for the lines of one key, and keeps only those in memory. */
export async function findLines(runDir: string, segments: readonly string[], wanted: WantedLines): Promise<FoundLines> {
  const lines: FoundLine[] = [];
  const versionIds = new Set<string>();
  for await (const { record, ...line } of linesOfKey(runDir, segments, wanted.key)) {
    for (const id of versionIdsOf(record)) versionIds.add(id);
    if (isWanted(record, wanted)) lines.push(line);
  }
  return { lines, versionIds: [...versionIds] };
}

async function* linesOfKey(runDir: string, segments: readonly string[], key: string) {
  // Every line spells the key like this, so lines without these bytes need not be parsed.
  const spelt = Buffer.from(`"key":${JSON.stringify(key)}`);
  let index = 0;
  for (const path of segments) {
    let line = 0;
    for await (const { bytes, ended } of readLineBytes(join(runDir, path))) {
      if (!ended) continue;
      line += 1;
      const record = bytes.includes(spelt) ? recordOf(bytes) : null;
      if (record !== null && isWanted(record, { key })) yield { path, line, index, bytes: Buffer.from(bytes), record };
      index += 1;
    }
  }
}

function recordOf(bytes: Buffer): JournalRecord | null {
  const parsed = parseAs(journalLineSchema, bytes.toString("utf8"));
  return parsed.ok && parsed.value.kind !== "segment" ? parsed.value : null;
}

/** The lines to search for. */
export interface WantedLines {
  readonly key: string;
  /** @default any version */
  readonly versionId?: string | undefined;
}

function isWanted(record: JournalRecord, { key, versionId }: WantedLines): boolean {
  if (!("key" in record) || record.key !== key) return false;
  return versionId === undefined || versionIdsOf(record).includes(versionId);
}

/** All version IDs in a line. */
function versionIdsOf(record: JournalRecord): readonly string[] {
  return idsIn(record).filter((id) => id !== null && id !== undefined);
}

function idsIn(record: JournalRecord): readonly (string | null | undefined)[] {
  switch (record.kind) {
    case "outcome": {
      const seen = [record, ...(record.replayed ?? [])].flatMap(({ before, after }) => [before, after]);
      return seen.map((observation) => observation?.versionId);
    }
    case "version":
    case "removal":
      return [record.before.versionId];
    case "replay":
      return [...record.range.map(({ versionId }) => versionId), ...record.older];
    case "replay-step":
      return [record.of, record.versionId];
    case "checkpoint":
    case "version-checkpoint":
    case "arrivals":
    case "sight":
    case "intent":
    case "upload":
    case "throw-away":
      return [];
  }
}
