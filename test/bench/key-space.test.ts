import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KEY_LAYOUTS, keySpace } from "../../bench/stub/key-space.js";

const MOST = 10_000_000;

describe.each(KEY_LAYOUTS)("keySpace %s", (layout) => {
  const sizes = fc.integer({ min: 1, max: MOST });
  const sizeAndIndex = sizes.chain((count) => fc.tuple(fc.constant(count), fc.nat({ max: count - 1 })));

  it("finds the index of each key", () => {
    fc.assert(
      fc.property(sizeAndIndex, ([count, index]) => {
        const keys = keySpace(layout, count);
        expect(keys.indexOf(keys.keyAt(index))).toBe(index);
      }),
    );
  });

  it("orders keys as their indices", () => {
    fc.assert(
      fc.property(sizeAndIndex, ([count, index]) => {
        const keys = keySpace(layout, count + 1);
        expect(keys.keyAt(index) < keys.keyAt(index + 1)).toBe(true);
        expect(keys.firstAfter(keys.keyAt(index))).toBe(index + 1);
        expect(keys.firstFrom(keys.keyAt(index))).toBe(index);
      }),
    );
  });

  it("finds the place of any text between the keys", { tags: ["slow"] }, () => {
    fc.assert(
      fc.property(sizes, fc.string({ unit: "binary" }), (count, text) => {
        const keys = keySpace(layout, count);
        const first = keys.firstAfter(text);
        if (first > 0) expect(keys.keyAt(first - 1) <= text).toBe(true);
        if (first < count) expect(keys.keyAt(first) > text).toBe(true);
      }),
    );
  });

  it("knows no other key", () => {
    const keys = keySpace(layout, 1000);
    for (const key of [
      `${keys.keyAt(7)}x`,
      `x${keys.keyAt(7)}`,
      keys.keyAt(1000),
      "object-7",
      "",
      "000000000001",
      "é",
    ]) {
      expect([key, keys.indexOf(key)]).toEqual([key, -1]);
    }
  });
});
