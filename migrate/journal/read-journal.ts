import type { z } from "zod";
import { parseAs } from "../manifest/parse-as.js";
import { journalLineSchema } from "./journal-line.js";
import { readLines } from "./read-lines.js";
import type { JournalRecord } from "./record.js";
import { listSegments } from "./segments.js";

/**
 * Every record of a run's journal, in the order in which it was written; what its segments begin with is left out. Throws on a
 * line that is none, but for what a killed run left of its last one: nobody was told that it was written.
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
      if (cutOff) continue;
      const record = parseLine(line, segment, lineNumber);
      if (record.kind !== "segment") yield record;
    }
  }
}

function parseLine(line: string, segment: string, lineNumber: number): z.infer<typeof journalLineSchema> {
  const parsed = parseAs(journalLineSchema, line);
  if (parsed.ok) return parsed.value;
  throw new Error(`${segment}: line ${lineNumber} is no journal record: ${parsed.problem}`);
}
