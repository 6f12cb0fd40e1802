import type { Tally } from "./summary.js";

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
