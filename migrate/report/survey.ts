import type { JournalRecord } from "../journal/record.js";
import type { Scope } from "../model/scope.js";
import { RACE_GUARDS, type RaceGuard } from "../model/strategy.js";
import { createExceptionsFold, type Exceptions } from "./exceptions.js";
import type { Summary } from "./summary.js";
import { createSummaryFold } from "./summary-fold.js";
import { addToTally, emptyTally, type MutableTally } from "./tally.js";
import { createVersionExceptionsFold, type VersionExceptions } from "./version-exceptions.js";

/** All that the reports show of a journal besides its single lines, from one reading of it. */
export interface Survey {
  readonly summary: Summary;
  readonly exceptions: Exceptions;
  readonly versionExceptions: VersionExceptions;
  /** What was migrated, by what kept other writers' changes safe. */
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
