import type { ArrivalsRecord, SightRecord, Unseen } from "../journal/bucket-record.js";
import type { VersionCheckpoint, VersionRecord } from "../journal/observation.js";
import type { CheckpointRecord, JournalRecord, OutcomeRecord } from "../journal/record.js";
import { keepLast } from "../journal/resume.js";

import { areComplete } from "../model/key-range.js";
import { indexScopes, type Scope } from "../model/scope.js";

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

import { addOutcome, addToTally, emptyTotals, inFixedOrder, type OutcomeTotals, sumsOf } from "./tally.js";

interface SummaryFold {
  add(record: JournalRecord): void;
  result(): Summary;
}

interface ScopeCount {
  readonly totals: OutcomeTotals;
  readonly noncurrent: NoncurrentFold;
  /** The last checkpoint of each range of keys, by the key that it begins after. */
  readonly checkpoints: Map<string | null, CheckpointRecord>;
  arrivals: ArrivalsRecord | undefined;
  unseen: Unseen | null;
}

/**
 * Folds a journal into its summary, one record at a time. Memory grows with the scopes, never with the
 * journal.
 *
 * - An outcome belongs to the scope of its bucket with the longest matching prefix. An outcome that belongs
 *   to none still counts in the total, so that the total does not add up.
 * - `listed` and `filteredOut` come from the latest checkpoints of each scope, one of each range of its keys,
 *   never from counting outcomes.
 * - A scope closes if its ranges cover it, their listings are complete and `listed` is the sum of its outcomes. The total closes if
 *   every scope does and the sums agree. A second outcome of the same object therefore makes the sum fail
 *   instead of going unnoticed.
 * - A scope that was not seen does not close, and neither does the total. Its `listed` is the number of its
 *   outcomes, so that the sum of the other scopes can still be checked.
 * - Noncurrent versions are counted in the same way, but separately: `noncurrent` has its own sum.
 * - `statesNow` and `evidenceNow` exclude vanished and not-found objects; `statesBefore` includes them.
 */
export function createSummaryFold(scopes: readonly Scope[]): SummaryFold {
  const total = emptyTotals();
  const noncurrent = emptyNoncurrent();
  const breakdowns = breakdownsFold(scopes);
  const index = indexScopes<ScopeCount>(scopes, () => ({
    totals: emptyTotals(),
    noncurrent: emptyNoncurrent(),
    checkpoints: new Map(),
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
  if (record.kind === "checkpoint") keepLast(scope.checkpoints, record);
  else keepLast(scope.noncurrent.checkpoints, record);
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
    addMade(noncurrent, record);
  }
}

/** In a bucket with versions, the original stays beneath its copy. */
function addMade({ made }: NoncurrentFold, { before, after, outcome }: OutcomeRecord): void {
  const isPlaintextCopied = outcome.kind === "migrated" && before.state === "none" && after !== null;
  if (isPlaintextCopied && (before.versionId ?? "null") !== (after.versionId ?? "null")) {
    addToTally(made, before.sizeBytes);
  }
}

function totalsOfScope(
  { bucket, prefix }: Scope,
  { totals, noncurrent, checkpoints, arrivals, unseen }: ScopeCount,
): ScopeTotals {
  const ranges = [...checkpoints.values()];
  const { filteredOut, ...counted } = sumsOf(["listed", "filteredOut"], ranges);
  const listed = unseen === null ? counted.listed : outcomeCount(totals);
  return {
    bucket,
    prefix,
    listed,
    filteredOut,
    ...inFixedOrder(totals),
    closes: unseen === null && areComplete(ranges) && listed === outcomeCount(totals),
    ...ifThere(noncurrentOfScope(noncurrent)),
    ...ifLeft(ranges.map(({ knownLeft }) => knownLeft)),
    ...ifArrivals([arrivals]),
    ...(unseen !== null && { notSeen: 1, unseen }),
  };
}

function totalsOfAll(total: OutcomeTotals, noncurrent: NoncurrentFold, scopes: readonly ScopeTotals[]): Totals {
  const counts = sumsOf(["listed", "filteredOut"], scopes);
  return {
    ...counts,
    ...inFixedOrder(total),
    closes: scopes.length > 0 && scopes.every((scope) => scope.closes) && counts.listed === outcomeCount(total),
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
