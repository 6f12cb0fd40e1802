import type { JournalRecord } from "../journal/record.js";
import type { Scope } from "../model/scope.js";
import type { Summary } from "./summary.js";
import { createSummaryFold } from "./summary-fold.js";

/**
 * The totals of a run, streamed from its journal.
 *
 * @param records every record of the journal, in its order
 * @param scopes what the run covered; they must not overlap, since the longest prefix takes the outcome
 */
export async function summarise(records: AsyncIterable<JournalRecord>, scopes: readonly Scope[]): Promise<Summary> {
  const fold = createSummaryFold(scopes);
  for await (const record of records) {
    fold.add(record);
  }
  return fold.result();
}
