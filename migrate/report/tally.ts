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

/** The sum of several tallies; those not there count as nothing. */
export function sumOf(tallies: readonly (Tally | undefined)[]): Tally {
  const sum = emptyTally();
  for (const tally of tallies) {
    sum.objects += tally?.objects ?? 0;
    sum.bytes += tally?.bytes ?? 0;
  }
  return sum;
}

/** The tally of a key, made where it is the first. */
export function tallyOf<K extends string>(table: Partial<Record<K, MutableTally>>, key: K): MutableTally {
  const found = table[key] ?? emptyTally();
  table[key] = found;
  return found;
}

/** The same with its keys in one fixed order, so that the same counts give the same text. */
export function orderedTallies<K extends string>(
  table: Partial<Record<K, MutableTally>>,
  order: readonly K[],
): Partial<Record<K, MutableTally>> {
  const present = order.flatMap((key) => (table[key] === undefined ? [] : [[key, table[key]] as const]));
  return Object.fromEntries(present) as Partial<Record<K, MutableTally>>;
}

/** How many object versions, and how many bytes they hold. */
export interface Tally {
  readonly objects: number;
  readonly bytes: number;
}
