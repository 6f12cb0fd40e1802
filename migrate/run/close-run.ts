import { readJournal } from "../journal/read-journal.js";
import type { RunRecord } from "../journal/run-record.js";
import { writeManifest } from "../manifest/write-manifest.js";
import type { ReportFormatName } from "../report/report-formats.js";
import { summarise } from "../report/summarise.js";
import type { Summary } from "../report/summary.js";
import { writeReports } from "../report/write-reports.js";
import { writeSummary } from "../report/write-summary.js";
import { writeRunRecord } from "./run-dir.js";

/** Writes all that is folded from the journal, and the manifest last. */
export async function closeRun(runDir: string, run: RunRecord, formats: readonly ReportFormatName[]): Promise<Summary> {
  await writeRunRecord(runDir, run);
  const summary = await summarise(readJournal(runDir), run.scopes);
  await writeSummary(runDir, summary);
  await writeReports(runDir, { run, readJournal: () => readJournal(runDir), formats });
  await writeManifest(runDir);
  return summary;
}
