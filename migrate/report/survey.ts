import { type BaselineUse, READ_OF_ALL_BECAUSE, type ReadOfAllBecause } from "../journal/input-records.js";
import type { JournalRecord, OutcomeRecord } from "../journal/record.js";
import type { RunRecord } from "../journal/run-record.js";
import { RACE_GUARDS, type RaceGuard } from "../model/reason.js";
import type { Scope } from "../model/scope.js";
import type { Exceptions, VersionExceptions } from "./exceptions.js";
import { createExceptionsFold, createVersionExceptionsFold } from "./exceptions.js";
import type { Lang } from "./language.js";
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
 * @param run run.json, of which a summary contains the plan, and that says whether there was a baseline
 */
export async function summarise(
  records: AsyncIterable<JournalRecord>,
  scopes: readonly Scope[],
  run: GivenRun = {},
): Promise<Summary> {
  const fold = createSummaryFold(scopes);
  const baselineUse = createBaselineUseFold(run);
  for await (const record of records) {
    fold.add(record);
    if (record.kind === "outcome") baselineUse.add(record);
  }
  return { ...fold.result(), ...ofRun(run), ...baselineUse.result() };
}

type GivenRun = Partial<Pick<RunRecord, "plan" | "baseline">>;

/** Everything that the reports show of a journal except its single lines, collected in one pass. */
export interface Survey {
  readonly summary: Summary;
  readonly exceptions: Exceptions;
  readonly versionExceptions: VersionExceptions;
  /** Migrated objects by the guard that protected other writers. */
  readonly guards: Readonly<Record<RaceGuard, MutableTally>>;
}

function ofRun({ plan }: GivenRun): Pick<Summary, "plan"> {
  return plan === undefined ? {} : { plan };
}

/** Journals of older versions do not tell why an object was read. */
function createBaselineUseFold({ baseline }: GivenRun) {
  const counts = { objects: 0, used: 0, confirmed: 0 };
  const read = new Map<ReadOfAllBecause, number>();
  const ofOthers = baseline?.leftOut !== undefined ? "left-out" : baseline?.dropped ? "discarded" : "not-looked-up";
  const addTo = (reason: ReadOfAllBecause) => read.set(reason, (read.get(reason) ?? 0) + 1);
  return {
    add({ baseline: line, readBecause }: OutcomeRecord) {
      counts.objects += 1;
      if (line?.use === "taken") counts.used += 1;
      else if (line?.use === "sampled") counts.confirmed += 1;
      else addTo(readBecause ?? ofOthers);
    },
    result(): Pick<Summary, "baseline"> {
      if (baseline?.unusable === undefined) return {};
      const inOrder = READ_OF_ALL_BECAUSE.flatMap((reason) => {
        const count = read.get(reason);
        return count === undefined ? [] : [[reason, count] as const];
      });
      const table: BaselineUse["read"] = Object.fromEntries(inOrder);
      return { baseline: { ...counts, read: table } };
    },
  };
}

export async function survey(
  records: AsyncIterable<JournalRecord>,
  scopes: readonly Scope[],
  run: GivenRun = {},
): Promise<Survey> {
  const fold = createSummaryFold(scopes);
  const baselineUse = createBaselineUseFold(run);
  const exceptions = createExceptionsFold();
  const versionExceptions = createVersionExceptionsFold();
  const guards = Object.fromEntries(RACE_GUARDS.map((guard) => [guard, emptyTally()])) as Survey["guards"];
  for await (const record of records) {
    fold.add(record);
    if (record.kind === "version") versionExceptions.add(record);
    if (record.kind === "outcome") {
      baselineUse.add(record);
      exceptions.add(record);
      if (record.outcome.kind === "migrated") {
        addToTally(guards[record.outcome.guard], record.before.sizeBytes);
      }
    }
  }
  return {
    summary: { ...fold.result(), ...ofRun(run), ...baselineUse.result() },
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
  /** The language of `report.html` and `report.md`. @default "en" */
  readonly lang?: Lang | undefined;
}

/** One format: its text in chunks. */
export type RenderReport = (source: ReportSource) => AsyncIterable<string> | Iterable<string>;
