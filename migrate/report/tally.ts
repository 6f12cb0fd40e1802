import { isAbsent, type OutcomeKind, type OutcomeRecord } from "../journal/record.js";
import { ENCRYPTION_STATES, type EncryptionState, EVIDENCE, type Evidence } from "../model/encryption.js";
import { REASON_WORDS, type Reason } from "../model/reason.js";

export interface MutableTally {
  objects: number;
  bytes: number;
}

export function emptyTally(): MutableTally {
  return { objects: 0, bytes: 0 };
}

export function addToTally(tally: MutableTally, bytes: number): void {
  tally.objects += 1;
  tally.bytes += bytes;
}

/** The sum of several tallies. `undefined` counts as zero. */
export function sumOf(tallies: readonly (Tally | undefined)[]): Tally {
  const sum = emptyTally();
  for (const tally of tallies) {
    sum.objects += tally?.objects ?? 0;
    sum.bytes += tally?.bytes ?? 0;
  }
  return sum;
}

export function sumsOf<N extends string>(names: readonly N[], parts: readonly Readonly<Record<N, number>>[]) {
  const sums = names.map((name) => [name, parts.reduce((sum, part) => sum + part[name], 0)]);
  return Object.fromEntries(sums) as Record<N, number>;
}

/** The tally of a key, created if needed. */
export function tallyOf<K extends string>(table: Partial<Record<K, MutableTally>>, key: K): MutableTally {
  const found = table[key] ?? emptyTally();
  table[key] = found;
  return found;
}

/** The same table with its keys in a fixed order, so that the same counts give the same text. */
export function orderedTallies<K extends string>(
  table: Partial<Record<K, MutableTally>>,
  order: readonly K[],
): Partial<Record<K, MutableTally>> {
  const present = order.flatMap((key) => (table[key] === undefined ? [] : [[key, table[key]] as const]));
  return Object.fromEntries(present) as Partial<Record<K, MutableTally>>;
}

/** A number of object versions and their total size in bytes. */
export interface Tally {
  readonly objects: number;
  readonly bytes: number;
}

export const OUTCOME_WORDS = {
  "already-encrypted": "already encrypted",
  migrated: "encrypted by this run",
  skipped: "skipped",
  refused: "refused",
  failed: "failed",
  vanished: "vanished",
  "not-found": "not found",
} as const satisfies Readonly<Record<OutcomeKind, string>>;

/** The state of an object that no longer exists, or never did. */
export const ABSENT_WORDS: Readonly<Partial<Record<OutcomeKind, "gone" | "not there">>> = {
  vanished: "gone",
  "not-found": "not there",
};

/** In the order of the sum. */
export const OUTCOME_KINDS = Object.keys(OUTCOME_WORDS) as readonly OutcomeKind[];

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
