import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type PartRange, partCount, partRanges, partSize, rangesOfSizes } from "../../../migrate/plan/part-ranges.js";

const MIB = 2 ** 20;
const GIB = 2 ** 30;
const TIB = 2 ** 40;
const limits = { minPartBytes: 5 * MIB, maxPartBytes: 5 * GIB, maxParts: 10_000 };

/** The limit of AWS; OVHcloud's 48 TiB are more. */
const FIFTY_TB = 50e12;
const anySize = fc.oneof(
  fc.integer({ min: 1, max: 100 * MIB }),
  fc.integer({ min: 1, max: 48 * TIB }),
  fc.constantFrom(48 * TIB, 48 * TIB - 1, FIFTY_TB, FIFTY_TB - 1, 5 * GIB, 5 * GIB + 1, 1),
);

/** The object that ranges make, from its first byte on; throws if one overlaps or leaves a gap. */
function tiledBytes(parts: readonly PartRange[]): number {
  let next = 0;
  parts.forEach(({ partNumber, range: [first, last] }, index) => {
    if (partNumber !== index + 1 || first !== next || last < first) throw new Error(`part ${partNumber} is amiss`);
    next = last + 1;
  });
  return next;
}
const anyWish = fc.oneof(fc.integer({ min: 1, max: 6 * GIB }), fc.constant(512 * MIB));

describe("partRanges and partSize", () => {
  test("tile an object of any size up to 50 TB and 48 TiB within the limits of the store", { tags: ["slow"] }, () => {
    fc.assert(
      fc.property(anySize, anyWish, (sizeBytes, wanted) => {
        const parts = [...partRanges(sizeBytes, partSize(sizeBytes, wanted, limits))];
        parts.forEach(({ partNumber, range: [first, last] }, index) => {
          const bytes = last - first + 1;
          if (bytes > limits.maxPartBytes) throw new Error(`part ${partNumber} is too large`);
          if (index < parts.length - 1 && bytes < limits.minPartBytes)
            throw new Error(`part ${partNumber} is too small`);
        });
        expect(tiledBytes(parts)).toBe(sizeBytes);
        expect(parts.length).toBeLessThanOrEqual(limits.maxParts);
      }),
      { numRuns: 300 },
    );
  });

  test("use the requested part size if the store allows it", () => {
    expect(partSize(GIB, 64 * MIB, limits)).toBe(64 * MIB);
  });

  test("enlarge parts if there would be too many, and respect the minimum and maximum part size", () => {
    expect(partSize(48 * TIB, 64 * MIB, limits)).toBe(Math.ceil((48 * TIB) / 10_000));
    expect(partSize(GIB, 1, limits)).toBe(5 * MIB);
    expect(partSize(GIB, 6 * GIB, limits)).toBe(5 * GIB);
  });

  test("return no part for an empty object", () => {
    expect([...partRanges(0, 5 * MIB)]).toEqual([]);
  });
});

describe("rangesOfSizes and partCount", () => {
  const layout = fc
    .tuple(
      fc.array(fc.integer({ min: limits.minPartBytes, max: limits.maxPartBytes }), { maxLength: 200 }),
      fc.integer({ min: 1, max: limits.maxPartBytes }),
    )
    .map(([sizes, last]) => [...sizes, last]);
  const sum = (sizes: readonly number[]) => sizes.reduce((total, bytes) => total + bytes, 0);

  test("tile the object with the original part sizes", () => {
    fc.assert(
      fc.property(layout, (sizes) => {
        const ranges = rangesOfSizes(sizes, sum(sizes), limits) ?? [];
        expect(ranges.map(({ range: [first, last] }) => last - first + 1)).toEqual(sizes);
        expect(tiledBytes(ranges)).toBe(sum(sizes));
      }),
    );
  });

  test("return null if the sizes do not add up or no store would take them", () => {
    fc.assert(
      fc.property(
        layout,
        fc.constantFrom(-1, 1),
        (sizes, off) => rangesOfSizes(sizes, sum(sizes) + off, limits) === null,
      ),
    );
    expect(rangesOfSizes([1, 5 * MIB], 5 * MIB + 1, limits)).toBeNull();
    expect(rangesOfSizes([6 * GIB], 6 * GIB, limits)).toBeNull();
    expect(rangesOfSizes(Array(10_001).fill(5 * MIB), 10_001 * 5 * MIB, limits)).toBeNull();
    expect(rangesOfSizes(Array(10_000).fill(5 * GIB), 10_000 * 5 * GIB, limits)).toHaveLength(10_000);
  });

  test.each([
    [`${"a".repeat(32)}-3`, 3],
    ["a".repeat(32), null],
    [`opaque-3`, null],
    ["", null],
  ])("read the number of parts from the ETag %s", (etag, count) => {
    expect(partCount(etag)).toBe(count);
  });
});
