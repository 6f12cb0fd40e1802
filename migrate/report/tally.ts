import type { OutcomeKind } from "../journal/record.js";

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

export const OUTCOME_WORDS: Readonly<Record<OutcomeKind, string>> = {
  "already-encrypted": "already encrypted",
  migrated: "encrypted by this run",
  skipped: "skipped",
  refused: "refused",
  failed: "failed",
  vanished: "vanished",
  "not-found": "not found",
};

/** The state of an object that no longer exists, or never did. */
export const ABSENT_WORDS: Readonly<Partial<Record<OutcomeKind, string>>> = {
  vanished: "gone",
  "not-found": "not there",
};

/** In the order of the sum. */
export const OUTCOME_KINDS = Object.keys(OUTCOME_WORDS) as readonly OutcomeKind[];
