import type { JournalRecord } from "../journal/record.js";
import type { RunRecord } from "../journal/run-record.js";
import type { Survey } from "./survey.js";

/** All that a report may be made of: no clock, no machine, so that the same run gives the same bytes. */
export interface ReportSource {
  readonly run: RunRecord;
  readonly survey: Survey;
  /** Reads the journal from its beginning, each time it is called. */
  readonly readJournal: () => AsyncIterable<JournalRecord>;
}

/** One format: its text, in pieces. */
export type RenderReport = (source: ReportSource) => AsyncIterable<string> | Iterable<string>;
