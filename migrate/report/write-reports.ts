import type { JournalRecord } from "../journal/record.js";
import type { RunRecord } from "../journal/run-record.js";
import { type PutFile, putInto } from "../journal/stage-files.js";
import { type ReportFormatName, reportFiles } from "./report-formats.js";
import { survey } from "./survey.js";

export interface WriteReportsInput {
  /** As it stands in run.json, with the end of its last session. */
  readonly run: RunRecord;
  /** Reads the journal from its beginning, each time it is called. */
  readonly readJournal: () => AsyncIterable<JournalRecord>;
  readonly formats: readonly ReportFormatName[];
}

/** Writes each report whole or not at all. The same run.json and journal give the same bytes. */
export async function writeReports(
  runDir: string,
  { run, readJournal, formats }: WriteReportsInput,
  put: PutFile = putInto(runDir),
): Promise<void> {
  const source = { run, readJournal, survey: await survey(readJournal(), run.scopes) };
  for (const { file, render } of reportFiles(formats)) {
    await put(file, render(source));
  }
}
