import { expect, it } from "vitest";
import { createDraw } from "../../../migrate/compare/look-again.js";

const drawn = (total: number, count: number, seed: number) => {
  const isDrawn = createDraw({ total, count, seed });
  return Array.from({ length: total }, isDrawn).flatMap((taken, index) => (taken ? [index] : []));
};

it("createDraw draws exactly the requested number, and the same ones for the same seed", () => {
  expect(drawn(1000, 100, 1)).toHaveLength(100);
  expect(drawn(1000, 100, 1)).toEqual(drawn(1000, 100, 1));
  expect(drawn(1000, 100, 2)).not.toEqual(drawn(1000, 100, 1));
  expect(drawn(7, 7, 3)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(drawn(5, 1, 3)).toHaveLength(1);
});

it("createDraw draws every position about equally often", () => {
  const counts = Array.from({ length: 20 }, () => 0);
  for (let seed = 0; seed < 4000; seed += 1)
    for (const index of drawn(20, 5, seed)) counts[index] = (counts[index] ?? 0) + 1;
  expect(Math.min(...counts)).toBeGreaterThan(880);
  expect(Math.max(...counts)).toBeLessThan(1120);
});
