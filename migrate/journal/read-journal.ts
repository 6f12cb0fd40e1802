import { readLines } from "./read-lines.js";
import { type JournalRecord, journalRecordSchema } from "./record.js";
import { listSegments } from "./segments.js";

/**
 * Every record of a run's journal, in the order in which it was written. Throws on a line that is none, but for what a killed
 * run left of its last one: nobody was told that it was written.
 */
export async function* readJournal(runDir: string): AsyncGenerator<JournalRecord> {
  const segments = await listSegments(runDir);
  for (const segment of segments) {
    let lineNumber = 0;
    let cutOff = false;
    const onRest = () => {
      cutOff = segment === segments.at(-1);
    };
    for await (const line of readLines(segment, onRest)) {
      lineNumber += 1;
      if (!cutOff) yield parseLine(line, segment, lineNumber);
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
