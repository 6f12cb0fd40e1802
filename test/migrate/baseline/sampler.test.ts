import { describe, expect, it } from "vitest";
import { createSampler, oneOf } from "../../../migrate/compare/baseline.js";

const drawn = (count: number, every: number, seed: number) => {
  const isDrawn = createSampler({ every, seed });
  return Array.from({ length: count }, isDrawn).flatMap((taken, index) => (taken ? [index] : []));
};

describe("oneOf", () => {
  it.each([
    [1, 20_000, 100],
    [100, 20_000, 1],
    [3, 1_000_000, 100 / 3],
    [1, 300, 10],
    [1, 5, 1],
    [0, 3_000, 100],
    [0, 0, 1],
  ])("returns for %s % of %s lines: one of %s", (percent, lines, every) => {
    expect(oneOf(percent, lines)).toBe(every);
  });
});

describe("createSampler", () => {
  it("draws one item of each block, determined by the seed", () => {
    const first = drawn(20_000, 100, 1);
    expect(first).toHaveLength(200);
    expect(first.map((index) => Math.floor(index / 100))).toEqual(Array.from({ length: 200 }, (_, block) => block));
    expect(drawn(20_000, 100, 1)).toEqual(first);
    expect(drawn(20_000, 100, 2)).not.toEqual(first);
  });

  it("draws every item if blocks have one item, and supports fractional block sizes", () => {
    expect(drawn(50, 1, 9)).toHaveLength(50);
    expect(drawn(10_000, 100 / 3, 9)).toHaveLength(300);
    expect(drawn(10_000, 1.5, 9)).toHaveLength(6667);
  });

  it("draws every position of a block about equally often", () => {
    const places = drawn(100_000, 10, 4).map((index) => index % 10);
    const counts = Array.from({ length: 10 }, (_, place) => places.filter((drawnPlace) => drawnPlace === place).length);
    expect(Math.min(...counts)).toBeGreaterThan(880);
    expect(Math.max(...counts)).toBeLessThan(1120);
  });
});
