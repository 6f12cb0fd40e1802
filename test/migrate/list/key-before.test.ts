import fc from "fast-check";
import { expect, it } from "vitest";
import { compareKeys, keyBefore } from "../../../migrate/model/key-order.js";

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
