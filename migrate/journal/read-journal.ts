import { readLines } from "./read-lines.js";
import { type JournalRecord, journalRecordSchema } from "./record.js";
import { listSegments } from "./segments.js";

/** Every record of a run's journal, in the order in which it was written. Throws on a line that is none. */
export async function* readJournal(runDir: string): AsyncGenerator<JournalRecord> {
  for (const segment of await listSegments(runDir)) {
    let lineNumber = 0;
    for await (const line of readLines(segment)) {
      lineNumber += 1;
      yield parseLine(line, segment, lineNumber);
    }
  }
}

function parseLine(line: string, segment: string, lineNumber: number): JournalRecord {
  try {
    return journalRecordSchema.parse(JSON.parse(line));
  } catch (error) {
    throw new Error(`${segment}: line ${lineNumber} is no journal record`, { cause: error });
  }
}
