import fc from "fast-check";
import { expect, it, test } from "vitest";
import { compareKeys, keyBefore } from "../../../migrate/model/key-order.js";

test("compareKeys orders by UTF-8 bytes, even if JavaScript orders differently", () => {
  const astral = "🦊";
  const below = "\uffef";
  expect(compareKeys(below, astral)).toBeLessThan(0);
  expect(below < astral).toBe(false);
});

test("compareKeys puts a prefix before its extensions, and equates only identical keys", () => {
  expect(compareKeys("a", "a/")).toBeLessThan(0);
  expect(compareKeys("", "a")).toBeLessThan(0);
  expect(compareKeys("é", "é")).toBe(0);
  expect(compareKeys("é", "e\u0301")).not.toBe(0);
});

test("compareKeys orders any Unicode by code points", () => {
  const codePoints = (text: string) => [...text].map((char) => char.codePointAt(0) ?? 0);
  const byCodePoints = (left: string, right: string) => {
    const [a, b] = [codePoints(left), codePoints(right)];
    const at = a.findIndex((point, index) => point !== b[index]);
    return at === -1 ? a.length - b.length : (a[at] ?? 0) - (b[at] ?? -1);
  };
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (left, right) => {
      expect(Math.sign(compareKeys(left, right))).toBe(Math.sign(byCodePoints(left, right)));
    }),
  );
});

it.each([
  ["k009", "k008~"],
  ["dir/0", "dir//~"],
  ["a", "`~"],
  ["dir é", "dir "],
  ["é", undefined],
  ["a\u{1f512}", "a"],
])("keyBefore %o returns %o", (key, before) => expect(keyBefore(key)).toBe(before));

it("keyBefore returns a smaller key or undefined for any key", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (key) => {
      const before = keyBefore(key);
      expect(before === undefined || compareKeys(before, key) < 0).toBe(true);
    }),
  );
});
