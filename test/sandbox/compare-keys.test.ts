import fc from "fast-check";
import { expect, test } from "vitest";
import { compareKeys, KeyIndex } from "../../sandbox/storage/key-index.js";

const key = fc.string({ unit: "binary", maxLength: 8 });

test("compareKeys orders keys by their UTF-8 bytes", () => {
  fc.assert(
    fc.property(key, key, (left, right) => {
      expect(Math.sign(compareKeys(left, right))).toBe(Buffer.compare(Buffer.from(left), Buffer.from(right)));
    }),
  );
});

test("compareKeys puts keys beyond U+FFFF last, unlike JavaScript's own order", () => {
  expect(compareKeys("\uff61", "😀")).toBeLessThan(0);
  expect("\uff61" < "😀").toBe(false);
});

test("KeyIndex lists the current keys in order from any start, after any sequence of calls", () => {
  const step = fc.record({ add: fc.boolean(), key: fc.string({ unit: "grapheme", maxLength: 2 }), look: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), key, (steps, start) => {
      const index = new KeyIndex();
      const model = new Set<string>();
      for (const one of steps) {
        // As a bucket calls it: a key is added when it is new and removed when it is there.
        if (one.add && !model.has(one.key)) {
          index.add(one.key);
          model.add(one.key);
        } else if (!one.add && model.delete(one.key)) {
          index.remove(one.key);
        }
        if (one.look) {
          index.from("");
        }
      }
      const { keys, at } = index.from(start);
      const expected = [...model].sort(compareKeys);
      expect(keys).toEqual(expected);
      expect(keys.slice(at)).toEqual(expected.filter((one) => compareKeys(one, start) >= 0));
    }),
  );
});
