import { journalLines, recordOfLine } from "../journal/read-journal.js";
import type { JournalRecord } from "../journal/record.js";

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
  for await (const at of journalLines(runDir, segments)) {
    if (at.cutOff) continue;
    const record = recordOfLine(at);
    if (record.kind !== "segment") yield { record, segment: at.path, line: at.line };
  }
}
