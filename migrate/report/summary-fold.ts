import type { ArrivalsRecord, SightRecord, Unseen } from "../journal/bucket-record.js";
import type { VersionCheckpoint, VersionRecord } from "../journal/observation.js";
import type { CheckpointRecord, JournalRecord, OutcomeRecord } from "../journal/record.js";
import type { RunRecord } from "../journal/run-record.js";
import { indexScopes, type Scope } from "../model/scope.js";
import { RACE_GUARDS, type RaceGuard } from "../model/strategy.js";
import {
  createExceptionsFold,
  createVersionExceptionsFold,
  type Exceptions,
  type VersionExceptions,
} from "./exceptions.js";
import { breakdownsFold } from "./groups.js";
import {
  addReplayed,
  addVersion,
  emptyNoncurrent,
  type NoncurrentFold,
  type NoncurrentTotals,
  noncurrentOfAll,
  noncurrentOfScope,
} from "./noncurrent.js";
import { outcomeCount } from "./not-seen.js";
import { arrivalTotals, type ScopeTotals, type Summary, type Totals } from "./summary.js";
import { addToTally, emptyTally, type MutableTally } from "./tally.js";
import { addOutcome, emptyTotals, inFixedOrder, type OutcomeTotals } from "./totals.js";

interface SummaryFold {
  add(record: JournalRecord): void;
  result(): Summary;
}

interface ScopeCount {
  readonly totals: OutcomeTotals;
  readonly noncurrent: NoncurrentFold;
  checkpoint: CheckpointRecord | undefined;
  arrivals: ArrivalsRecord | undefined;
  unseen: Unseen | null;
}

/**
 * Folds a journal into its summary, one record at a time; what it holds grows with the scopes, never with the journal.
 *
 * - An outcome belongs to the scope of its bucket whose prefix is the longest match. One that belongs to none still
 *   counts in the total, so that the total does not close.
 * - `listed` and `filteredOut` come from the latest checkpoint of each scope, never from counting outcomes.
 * - A scope closes when its listing ended and `listed` is the sum of its outcomes; the total, when every scope does
 *   and the sums agree. A second outcome of the same object therefore opens the sum rather than hiding in it.
 * - A scope that was not seen does not close, nor does the total. Its `listed` is what has an outcome all the same, so that the sum of
 *   the others can still be held to theirs.
 * - Noncurrent versions are counted in the same way, apart from the objects: `noncurrent` has a sum of its own.
 * - `statesNow` and `evidenceNow` leave out what vanished or was not found; `statesBefore` does not.
 */
export function createSummaryFold(scopes: readonly Scope[]): SummaryFold {
  const total = emptyTotals();
  const noncurrent = emptyNoncurrent();
  const breakdowns = breakdownsFold(scopes);
  const index = indexScopes<ScopeCount>(scopes, () => ({
    totals: emptyTotals(),
    noncurrent: emptyNoncurrent(),
    checkpoint: undefined,
    arrivals: undefined,
    unseen: null,
  }));
  return {
    add(record) {
      if (record.kind === "checkpoint" || record.kind === "version-checkpoint")
        keepCheckpoint(index.exact(record), record);
      if (record.kind === "arrivals") keepArrivals(index.exact(record), record);
      if (record.kind === "sight") keepSight(index.exact(record), record);
      if (record.kind !== "outcome" && record.kind !== "version") return;
      const scope = index.owner(record.bucket, record.key);
      addRecord({ totals: total, noncurrent }, record);
      if (scope !== undefined) addRecord(scope, record);
      if (record.kind === "outcome") breakdowns.add(record);
    },
    result() {
      const scopeTotals = index.all.map(([scope, count]) => totalsOfScope(scope, count));
      return {
        schema: "bucketseal/summary/1",
        total: {
          ...totalsOfAll(total, noncurrent, scopeTotals),
          ...ifLeft(scopeTotals.map(({ knownLeft }) => knownLeft)),
          ...ifUnseen(index.all.flatMap(([, { unseen }]) => unseen ?? [])),
          ...ifArrivals(index.all.map(([, { arrivals }]) => arrivals)),
        },
        scopes: scopeTotals,
        ...breakdowns.result(),
      };
    },
  };
}

function keepCheckpoint(scope: ScopeCount | undefined, record: CheckpointRecord | VersionCheckpoint): void {
  if (scope === undefined) return;
  if (record.kind === "checkpoint") scope.checkpoint = record;
  else scope.noncurrent.checkpoint = record;
}

function keepArrivals(scope: ScopeCount | undefined, record: ArrivalsRecord): void {
  if (scope !== undefined) scope.arrivals = record;
}

function keepSight(scope: ScopeCount | undefined, { unseen }: SightRecord): void {
  if (scope !== undefined) scope.unseen = unseen;
}

function ifUnseen({ length }: readonly Unseen[]): Pick<Totals, "notSeen"> {
  return length === 0 ? {} : { notSeen: length };
}

function ifLeft(counts: readonly (number | undefined)[]): Pick<Totals, "knownLeft"> {
  const known = counts.filter((count) => count !== undefined);
  return known.length === 0 ? {} : { knownLeft: known.reduce((sum, count) => sum + count, 0) };
}

function ifArrivals(records: readonly (ArrivalsRecord | undefined)[]): Pick<Totals, "arrivals"> {
  const arrivals = arrivalTotals(records);
  return arrivals === undefined ? {} : { arrivals };
}

function addRecord(
  { totals, noncurrent }: Pick<ScopeCount, "totals" | "noncurrent">,
  record: OutcomeRecord | VersionRecord,
): void {
  if (record.kind === "version") {
    addVersion(noncurrent, record);
  } else {
    addOutcome(totals, record);
    addReplayed(noncurrent, record);
  }
}

function totalsOfScope(
  { bucket, prefix }: Scope,
  { totals, noncurrent, checkpoint, arrivals, unseen }: ScopeCount,
): ScopeTotals {
  const listed = unseen === null ? (checkpoint?.listed ?? 0) : outcomeCount(totals);
  return {
    bucket,
    prefix,
    listed,
    filteredOut: checkpoint?.filteredOut ?? 0,
    ...inFixedOrder(totals),
    closes: unseen === null && checkpoint?.end === true && listed === outcomeCount(totals),
    ...ifThere(noncurrentOfScope(noncurrent)),
    ...ifLeft([checkpoint?.knownLeft]),
    ...ifArrivals([arrivals]),
    ...(unseen !== null && { notSeen: 1, unseen }),
  };
}

function totalsOfAll(total: OutcomeTotals, noncurrent: NoncurrentFold, scopes: readonly ScopeTotals[]): Totals {
  const listed = scopes.reduce((sum, scope) => sum + scope.listed, 0);
  return {
    listed,
    filteredOut: scopes.reduce((sum, scope) => sum + scope.filteredOut, 0),
    ...inFixedOrder(total),
    closes: scopes.length > 0 && scopes.every((scope) => scope.closes) && listed === outcomeCount(total),
    ...ifThere(
      noncurrentOfAll(
        noncurrent,
        scopes.map((scope) => scope.noncurrent),
      ),
    ),
  };
}

function ifThere(noncurrent: NoncurrentTotals | undefined): { noncurrent?: NoncurrentTotals } {
  return noncurrent === undefined ? {} : { noncurrent };
}

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

/** All that a report may be made of: no clock, no machine, so that the same run gives the same bytes. */
export interface ReportSource {
  readonly run: RunRecord;
  readonly survey: Survey;
  /** Reads the journal from its beginning, each time it is called. */
  readonly readJournal: () => AsyncIterable<JournalRecord>;
}

/** One format: its text, in pieces. */
export type RenderReport = (source: ReportSource) => AsyncIterable<string> | Iterable<string>;
