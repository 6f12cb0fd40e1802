import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { partRanges, partSize } from "../../../migrate/plan/part-ranges.js";

const MIB = 2 ** 20;
const GIB = 2 ** 30;
const TIB = 2 ** 40;
const limits = { minPartBytes: 5 * MIB, maxPartBytes: 5 * GIB, maxParts: 10_000 };

const anySize = fc.oneof(
  fc.integer({ min: 1, max: 100 * MIB }),
  fc.integer({ min: 1, max: 48 * TIB }),
  fc.constantFrom(48 * TIB, 48 * TIB - 1, 5 * GIB, 5 * GIB + 1, 1),
);
const anyWish = fc.oneof(fc.integer({ min: 1, max: 6 * GIB }), fc.constant(512 * MIB));

describe("parts", () => {
  test("tile an object of any size up to 48 TiB, within the limits of the store", () => {
    fc.assert(
      fc.property(anySize, anyWish, (sizeBytes, wanted) => {
        const parts = [...partRanges(sizeBytes, partSize(sizeBytes, wanted, limits))];
        let next = 0;
        parts.forEach(({ partNumber, range: [first, last] }, index) => {
          if (partNumber !== index + 1 || first !== next || last < first)
            throw new Error(`part ${partNumber} is amiss`);
          const bytes = last - first + 1;
          if (bytes > limits.maxPartBytes) throw new Error(`part ${partNumber} is too large`);
          if (index < parts.length - 1 && bytes < limits.minPartBytes)
            throw new Error(`part ${partNumber} is too small`);
          next = last + 1;
        });
        expect(next).toBe(sizeBytes);
        expect(parts.length).toBeLessThanOrEqual(limits.maxParts);
      }),
      { numRuns: 300 },
    );
  });

  test("have the size that was asked for, where the store allows it", () => {
    expect(partSize(GIB, 64 * MIB, limits)).toBe(64 * MIB);
  });

  test("are larger than asked for where there would be too many, and never smaller than the store takes", () => {
    expect(partSize(48 * TIB, 64 * MIB, limits)).toBe(Math.ceil((48 * TIB) / 10_000));
    expect(partSize(GIB, 1, limits)).toBe(5 * MIB);
    expect(partSize(GIB, 6 * GIB, limits)).toBe(5 * GIB);
  });

  test("of an empty object are none", () => {
    expect([...partRanges(0, 5 * MIB)]).toEqual([]);
  });
});
