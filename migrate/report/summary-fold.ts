import type { CheckpointRecord, JournalRecord } from "../journal/record.js";
import type { Scope } from "../journal/run-record.js";
import { outcomeCount } from "./counts.js";
import { indexScopes } from "./scope-index.js";
import type { ScopeTotals, Summary, Totals } from "./summary.js";
import { addOutcome, emptyTotals, inFixedOrder, type OutcomeTotals } from "./totals.js";

export interface SummaryFold {
  add(record: JournalRecord): void;
  result(): Summary;
}

interface ScopeCount {
  readonly totals: OutcomeTotals;
  checkpoint: CheckpointRecord | undefined;
}

/**
 * Folds a journal into its summary, one record at a time; what it holds grows with the scopes, never with the journal.
 *
 * - An outcome belongs to the scope of its bucket whose prefix is the longest match. One that belongs to none still
 *   counts in the total, so that the total does not close.
 * - `listed` and `filteredOut` come from the latest checkpoint of each scope, never from counting outcomes.
 * - A scope closes when its listing ended and `listed` is the sum of its outcomes; the total, when every scope does
 *   and the sums agree. A second outcome of the same object therefore opens the sum rather than hiding in it.
 * - `statesNow` and `evidenceNow` leave out what vanished; `statesBefore` does not.
 */
export function createSummaryFold(scopes: readonly Scope[]): SummaryFold {
  const total = emptyTotals();
  const index = indexScopes<ScopeCount>(scopes, () => ({ totals: emptyTotals(), checkpoint: undefined }));
  return {
    add(record) {
      if (record.kind === "upload" || record.kind === "intent") {
        return;
      }
      if (record.kind === "checkpoint") {
        const scope = index.exact(record);
        if (scope !== undefined) {
          scope.checkpoint = record;
        }
        return;
      }
      addOutcome(total, record);
      const scope = index.owner(record.bucket, record.key);
      if (scope !== undefined) {
        addOutcome(scope.totals, record);
      }
    },
    result() {
      const scopeTotals = index.all.map(([scope, count]) => totalsOfScope(scope, count));
      return { schema: "bucketseal/summary/1", total: totalsOfAll(total, scopeTotals), scopes: scopeTotals };
    },
  };
}

function totalsOfScope({ bucket, prefix }: Scope, { totals, checkpoint }: ScopeCount): ScopeTotals {
  const listed = checkpoint?.listed ?? 0;
  return {
    bucket,
    prefix,
    listed,
    filteredOut: checkpoint?.filteredOut ?? 0,
    ...inFixedOrder(totals),
    closes: checkpoint?.end === true && listed === outcomeCount(totals),
  };
}

function totalsOfAll(total: OutcomeTotals, scopes: readonly ScopeTotals[]): Totals {
  const listed = scopes.reduce((sum, scope) => sum + scope.listed, 0);
  return {
    listed,
    filteredOut: scopes.reduce((sum, scope) => sum + scope.filteredOut, 0),
    ...inFixedOrder(total),
    closes: scopes.length > 0 && scopes.every((scope) => scope.closes) && listed === outcomeCount(total),
  };
}
