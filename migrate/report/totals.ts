import { isAbsent, type OutcomeKind, type OutcomeRecord } from "../journal/record.js";
import { ENCRYPTION_STATES, type EncryptionState, EVIDENCE, type Evidence } from "../model/encryption.js";
import { REASON_WORDS, type Reason } from "../model/reason.js";
import { addToTally, emptyTally, type MutableTally, OUTCOME_KINDS, orderedTallies, tallyOf } from "./tally.js";

/** The counts of one scope, or of the whole run, from its outcomes so far. */
export interface OutcomeTotals {
  readonly outcomes: Record<OutcomeKind, MutableTally>;
  readonly statesBefore: Record<EncryptionState, MutableTally>;
  readonly statesNow: Record<EncryptionState, MutableTally>;
  readonly reasons: Partial<Record<Reason, MutableTally>>;
  readonly evidenceNow: Partial<Record<Evidence | "none", MutableTally>>;
}

const REASONS = Object.keys(REASON_WORDS) as Reason[];

export function emptyTotals(): OutcomeTotals {
  return {
    outcomes: tallies(OUTCOME_KINDS),
    statesBefore: tallies(ENCRYPTION_STATES),
    statesNow: tallies(ENCRYPTION_STATES),
    reasons: {},
    evidenceNow: {},
  };
}

export function addOutcome(totals: OutcomeTotals, record: OutcomeRecord): void {
  const now = record.after ?? record.before;
  const bytes = now.sizeBytes;
  addToTally(totals.outcomes[record.outcome.kind], bytes);
  addToTally(totals.statesBefore[record.before.state], record.before.sizeBytes);
  addToTally(tallyOf(totals.reasons, reasonOf(record)), bytes);
  // An object that no longer exists has no state: it counts neither as unencrypted nor as encrypted.
  if (!isAbsent(record.outcome.kind)) {
    addToTally(totals.statesNow[now.state], bytes);
    addToTally(tallyOf(totals.evidenceNow, now.evidence ?? "none"), bytes);
  }
}

/** The same totals with their keys in a fixed order, so that the same counts give the same text. */
export function inFixedOrder(totals: OutcomeTotals): OutcomeTotals {
  return {
    ...totals,
    reasons: orderedTallies(totals.reasons, REASONS),
    evidenceNow: orderedTallies(totals.evidenceNow, [...EVIDENCE, "none"]),
  };
}

/** The reason for the outcome, as a key of the reason tables. */
export function reasonOf({ outcome, decision }: OutcomeRecord): Reason {
  if (outcome.kind === "migrated") {
    return decision.reason;
  }
  return outcome.kind === "vanished" ? "vanished" : outcome.reason;
}

function tallies<K extends string>(kinds: readonly K[]): Record<K, MutableTally> {
  return Object.fromEntries(kinds.map((kind) => [kind, emptyTally()])) as Record<K, MutableTally>;
}
