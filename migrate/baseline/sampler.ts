import { seededFraction } from "./seeded-fraction.js";

/** Reads so many even where the percentage comes to fewer. */
const MIN_SAMPLE = 30;

/** One of how many is read, so that `percent` of them are, and no fewer than `MIN_SAMPLE` where all of them come. */
export function oneOf(percent: number, lines: number): number {
  const byPercent = percent === 0 ? Number.POSITIVE_INFINITY : 100 / percent;
  return Math.max(1, Math.min(byPercent, lines / MIN_SAMPLE));
}

/**
 * Tells of each of a row of objects whether it is to be read: exactly one, at a place drawn by the seed, of each `every` that follow each
 * other. So the share holds for every part of the row, and the same seed draws the same places.
 */
export function createSampler({ every, seed }: { readonly every: number; readonly seed: number }): () => boolean {
  let index = 0;
  let block = 0;
  let drawn = placeIn(block, every, seed);
  return () => {
    while (index >= Math.floor((block + 1) * every)) {
      block += 1;
      drawn = placeIn(block, every, seed);
    }
    index += 1;
    return index - 1 === drawn;
  };
}

function placeIn(block: number, every: number, seed: number): number {
  const from = Math.floor(block * every);
  return from + Math.floor(seededFraction(`${seed}:${block}`) * (Math.floor((block + 1) * every) - from));
}
