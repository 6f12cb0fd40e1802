import { join } from "node:path";
import { journalLineSchema, readLineBytes } from "../journal/read-journal.js";
import type { JournalRecord } from "../journal/record.js";
import { parseAs } from "../model/parse.js";
import { isWanted, versionIdsOf, type WantedLines } from "./wanted-lines.js";

export interface FoundLine {
  /** The segment, relative to the run folder. */
  readonly path: string;
  /** In it, from 1. */
  readonly line: number;
  /** Among all lines of the journal, from 0. */
  readonly index: number;
  readonly bytes: Buffer;
}

export interface FoundLines {
  readonly lines: readonly FoundLine[];
  /** Of the lines of that key, whether they were asked for or not. */
  readonly versionIds: readonly string[];
}

/** Looks through these segments for the lines of one key; holds those alone. */
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
  // As every line spells it: what does not hold this need not be parsed.
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
