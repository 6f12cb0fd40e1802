import { relative } from "node:path";
import type { z } from "zod";
import { RunError } from "../errors.js";
import { type JournalLine, journalLines } from "../manifest/journal-lines.js";
import { type Parsed, parseAs } from "../model/parse.js";
import { journalLineSchema } from "./journal-line.js";
import { tooLongWords } from "./read-line-bytes.js";
import type { JournalRecord } from "./record.js";
import { listSegments } from "./segments.js";

/**
 * Every record of a run's journal, in the order in which it was written; what its segments begin with is left out. Throws on a
 * line that is none, but for what a killed run left of its last one: nobody was told that it was written.
 */
export async function* readJournal(runDir: string): AsyncGenerator<JournalRecord> {
  const segments = (await listSegments(runDir)).map((path) => relative(runDir, path));
  for await (const at of journalLines(runDir, segments)) {
    if (at.cutOff) continue;
    const record = recordOfLine(at);
    if (record.kind !== "segment") yield record;
  }
}

type AnyRecord = z.infer<typeof journalLineSchema>;

export function parseLine({ text, tooLong }: Pick<JournalLine, "text" | "tooLong">): Parsed<AnyRecord> {
  return tooLong === null ? parseAs(journalLineSchema, text) : { ok: false, problem: tooLongWords(tooLong) };
}

/** Throws a RunError where a line is no record. */
export function recordOfLine(at: JournalLine): AnyRecord {
  const parsed = parseLine(at);
  if (parsed.ok) return parsed.value;
  throw new RunError(`${at.path}: line ${at.line} is no journal record: ${parsed.problem}`);
}
