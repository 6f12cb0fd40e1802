import type { JournalRecord } from "../journal/record.js";
import type { RunRecord } from "../journal/run-record.js";
import type { Scope } from "../model/scope.js";
import { RACE_GUARDS, type RaceGuard } from "../model/strategy.js";
import type { Exceptions, VersionExceptions } from "./exceptions.js";
import { createExceptionsFold, createVersionExceptionsFold } from "./exceptions.js";
import type { Summary } from "./summary.js";
import { createSummaryFold } from "./summary-fold.js";
import type { MutableTally } from "./tally.js";
import { addToTally, emptyTally } from "./tally.js";

/**
 * Computes the totals of a run by streaming its journal.
 *
 * @param records every record of the journal, in order
 * @param scopes the scopes of the run. They must not overlap, since an outcome counts for the longest
 *   matching prefix
 */
export async function summarise(records: AsyncIterable<JournalRecord>, scopes: readonly Scope[]): Promise<Summary> {
  const fold = createSummaryFold(scopes);
  for await (const record of records) {
    fold.add(record);
  }
  return fold.result();
}

/** Everything that the reports show of a journal except its single lines, collected in one pass. */
export interface Survey {
  readonly summary: Summary;
  readonly exceptions: Exceptions;
  readonly versionExceptions: VersionExceptions;
  /** Migrated objects by the guard that protected other writers. */
  readonly guards: Readonly<Record<RaceGuard, MutableTally>>;
}

export async function survey(records: AsyncIterable<JournalRecord>, scopes: readonly Scope[]): Promise<Survey> {
  const fold = createSummaryFold(scopes);
  const exceptions = createExceptionsFold();
  const versionExceptions = createVersionExceptionsFold();
  const guards = Object.fromEntries(RACE_GUARDS.map((guard) => [guard, emptyTally()])) as Survey["guards"];
  for await (const record of records) {
    fold.add(record);
    if (record.kind === "version") versionExceptions.add(record);
    if (record.kind === "outcome") {
      exceptions.add(record);
      if (record.outcome.kind === "migrated") {
        addToTally(guards[record.outcome.guard], record.before.sizeBytes);
      }
    }
  }
  return {
    summary: fold.result(),
    exceptions: exceptions.result(),
    versionExceptions: versionExceptions.result(),
    guards,
  };
}

/** The only inputs of a report. It has no clock and no machine name, so the same run gives the same bytes. */
export interface ReportSource {
  readonly run: RunRecord;
  readonly survey: Survey;
  /** Reads the journal from the beginning on each call. */
  readonly readJournal: () => AsyncIterable<JournalRecord>;
}

/** One format: its text in chunks. */
export type RenderReport = (source: ReportSource) => AsyncIterable<string> | Iterable<string>;
