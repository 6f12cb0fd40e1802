import type { JournalRecord, OutcomeRecord } from "../../../migrate/journal/record.js";
import type { Scope } from "../../../migrate/model/scope.js";
import { type Survey, survey } from "../../../migrate/report/summary-fold.js";
import { checkpoint } from "../fixtures/records.js";

const WHOLE_BUCKET: readonly Scope[] = [{ bucket: "b", prefix: "" }];

export async function* journalOf(records: Iterable<JournalRecord>): AsyncGenerator<JournalRecord> {
  yield* records;
}

/** These outcomes of bucket `b`, and the end of its listing, which counted them all. */
export function closedJournal(outcomes: readonly OutcomeRecord[]): JournalRecord[] {
  return [...outcomes, checkpoint({ listed: outcomes.length, end: true })];
}

export function surveyOf(records: Iterable<JournalRecord>, scopes = WHOLE_BUCKET): Promise<Survey> {
  return survey(journalOf(records), scopes);
}
