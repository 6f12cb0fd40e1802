import { journalLineSchema } from "../journal/journal-line.js";
import type { JournalRecord } from "../journal/record.js";
import { journalLines } from "./journal-lines.js";
import { parseAs } from "./parse-as.js";

/** A record, and where it stands. */
export interface LocatedRecord {
  readonly record: JournalRecord;
  /** Relative to the run folder, with `/` between its parts. */
  readonly segment: string;
  /** From 1. */
  readonly line: number;
}

/** The records of a run that was found to hold, in the order of its journal. */
export async function* locatedRecords(runDir: string, segments: readonly string[]): AsyncGenerator<LocatedRecord> {
  for await (const { path, line, text, cutOff } of journalLines(runDir, segments)) {
    if (cutOff) continue;
    const parsed = parseAs(journalLineSchema, text);
    if (!parsed.ok) throw new Error(`${path}: line ${line} is no journal record: ${parsed.problem}`);
    if (parsed.value.kind !== "segment") yield { record: parsed.value, segment: path, line };
  }
}
