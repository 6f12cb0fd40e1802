import { isAbsent, type OutcomeKind, type OutcomeRecord } from "../journal/record.js";
import { ENCRYPTION_STATES, type EncryptionState } from "../model/encryption.js";
import { OUTCOME_KINDS } from "./outcome-words.js";
import type { Tally } from "./tally.js";
import { addToTally, type MutableTally, orderedTallies, tallyOf } from "./tally.js";

/** The objects of one class, size or prefix; what is not there is nothing. The three add up to the totals of the run. */
export interface Group {
  readonly outcomes: Readonly<Partial<Record<OutcomeKind, Tally>>>;
  readonly statesBefore: Readonly<Partial<Record<EncryptionState, Tally>>>;
  /** As in the totals: what vanished or was not found has none. */
  readonly statesNow: Readonly<Partial<Record<EncryptionState, Tally>>>;
}

interface GroupFold {
  readonly outcomes: Partial<Record<OutcomeKind, MutableTally>>;
  readonly statesBefore: Partial<Record<EncryptionState, MutableTally>>;
  readonly statesNow: Partial<Record<EncryptionState, MutableTally>>;
}

export interface Groups<N> {
  /** The first ones that were met, in the order of their names. */
  readonly groups: readonly (N & Group)[];
  /** Everything of further ones, folded together; `null` where there are none. */
  readonly others: Group | null;
}

export interface GroupsFold<N> {
  add(record: OutcomeRecord): void;
  result(): Groups<N>;
}

export interface GroupNaming<N> {
  /** What tells groups apart, and what they are sorted by. */
  readonly idOf: (record: OutcomeRecord) => string;
  readonly nameOf: (record: OutcomeRecord) => N;
  /** How many are kept apart: what is held must not grow with the bucket. */
  readonly most: number;
}

export function groupsFold<N>({ idOf, nameOf, most }: GroupNaming<N>): GroupsFold<N> {
  const kept = new Map<string, { readonly name: N; readonly fold: GroupFold }>();
  let others: GroupFold | null = null;
  const foldOf = (record: OutcomeRecord): GroupFold => {
    const id = idOf(record);
    const known = kept.get(id);
    if (known !== undefined) return known.fold;
    if (kept.size >= most) {
      others ??= emptyGroup();
      return others;
    }
    const fold = emptyGroup();
    kept.set(id, { name: nameOf(record), fold });
    return fold;
  };
  return {
    add: (record) => addToGroup(foldOf(record), record),
    result: () => ({
      groups: [...kept]
        .toSorted(([left], [right]) => (left < right ? -1 : 1))
        .map(([, { name, fold }]) => ({ ...name, ...inOrder(fold) })),
      others: others === null ? null : inOrder(others),
    }),
  };
}

function emptyGroup(): GroupFold {
  return { outcomes: {}, statesBefore: {}, statesNow: {} };
}

function addToGroup(fold: GroupFold, { outcome, before, after }: OutcomeRecord): void {
  const now = after ?? before;
  addToTally(tallyOf(fold.outcomes, outcome.kind), now.sizeBytes);
  addToTally(tallyOf(fold.statesBefore, before.state), before.sizeBytes);
  if (!isAbsent(outcome.kind)) addToTally(tallyOf(fold.statesNow, now.state), now.sizeBytes);
}

function inOrder({ outcomes, statesBefore, statesNow }: GroupFold): Group {
  return {
    outcomes: orderedTallies(outcomes, OUTCOME_KINDS),
    statesBefore: orderedTallies(statesBefore, ENCRYPTION_STATES),
    statesNow: orderedTallies(statesNow, ENCRYPTION_STATES),
  };
}
