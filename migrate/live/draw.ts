import { seededFraction } from "../baseline/seeded-fraction.js";

/**
 * Tells of each of `total` in a row whether it is drawn, so that exactly `count` are, each set of them as likely as any other, by the seed alone. Holds
 * nothing of them (Knuth, The Art of Computer Programming, 3.4.2, algorithm S).
 */
export function createDraw({
  total,
  count,
  seed,
}: {
  readonly total: number;
  readonly count: number;
  readonly seed: number;
}) {
  let seen = 0;
  let drawn = 0;
  return (): boolean => {
    const isDrawn = (total - seen) * seededFraction(`${seed}:${seen}`) < count - drawn;
    seen += 1;
    if (isDrawn) drawn += 1;
    return isDrawn;
  };
}
