import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { compareKeys, compareKeysIn, keyBefore, seenOrder } from "../../../migrate/model/key-order.js";
import { activeLock } from "../../../migrate/model/object.js";
import {
  countOf,
  formatBytes,
  formatCount,
  formatDuration,
  formatInstant,
  moreWrong,
  visibleParts,
  visibleText,
} from "../../../migrate/model/text.js";

test("moreWrong has one line in the singular", () => {
  expect([1, 2, 1200].map(moreWrong)).toEqual([
    "1 more line is wrong",
    "2 more lines are wrong",
    "1,200 more lines are wrong",
  ]);
});

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

test("seenOrder follows the listing as if it compared every key in both orders", () => {
  const key = fc.string({ unit: fc.constantFrom("a", "b", "\uff5e", "🦊"), maxLength: 3 });
  const sorted = (keys: readonly string[], order: "utf-8" | "utf-16") => [...keys].sort(compareKeysIn(order));
  const listing = fc
    .tuple(fc.array(key, { maxLength: 8 }), fc.constantFrom("utf-8", "utf-16", "none"))
    .map(([keys, order]) => (order === "none" ? keys : sorted(keys, order as "utf-8")));
  fc.assert(
    fc.property(listing, fc.boolean(), (keys, mayRepeat) => {
      const seen = seenOrder("utf-8", null, mayRepeat);
      for (const one of keys) seen.add(one);
      const follows = (upTo: number, order: "utf-8" | "utf-16") =>
        keys.slice(1, upTo).every((one, at) => {
          const compared = compareKeysIn(order)(one, keys[at] ?? "");
          return compared > 0 || (mayRepeat && compared === 0);
        });
      if (follows(keys.length, "utf-8")) expect(seen).toMatchObject({ order: "utf-8", holds: true });
      else if (follows(keys.length, "utf-16")) expect(seen).toMatchObject({ order: "utf-16", holds: true });
      else expect(seen.holds).toBe(false);
    }),
  );
});

test("compareKeys orders any Unicode by code points", { tags: ["slow"] }, () => {
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

const NOW = new Date("2026-06-01T00:00:00Z");
const lockUntil = (retainUntil: string | null) => ({ mode: "GOVERNANCE", retainUntil, legalHold: "ON" });

test("activeLock drops an expired retention and keeps the legal hold", () => {
  expect(activeLock(lockUntil("2026-06-01T00:00:00Z"), NOW)).toEqual({
    mode: null,
    retainUntil: null,
    legalHold: "ON",
  });
});

test("activeLock keeps a retention that has not expired, and a lock without retention", () => {
  expect(activeLock(lockUntil("2026-06-01T00:00:01Z"), NOW)).toEqual(lockUntil("2026-06-01T00:00:01Z"));
  const held = { mode: null, retainUntil: null, legalHold: "ON" };
  expect(activeLock(held, NOW)).toEqual(held);
});

describe("visibleText", () => {
  it.each([
    ["an override of direction", "invoice\u202efdp.exe", "invoice<U+202E>fdp.exe"],
    ["an escape sequence", "\u001b[31mred", "<U+001B>[31mred"],
    ["an escape sequence of one character", "\u009b31mred", "<U+009B>31mred"],
    ["a line break", "a\nb", "a<U+000A>b"],
    ["a blank that is none", "a\u00a0b\u200bc", "a<U+00A0>b<U+200B>c"],
    ["a tag character beyond the first plane", "a\u{e0041}", "a<U+E0041>"],
    ["half of a pair", "a\ud800b", "a<U+D800>b"],
  ])("shows %s", (_, text, shown) => expect(visibleText(text)).toBe(shown));

  it.each(["contrats/été/a b.pdf", "日本語/ملف.txt", "\u{1f600}", "a<U+202E>b", "x'\"&<>|"])(
    "keeps %s unchanged",
    (text) => expect(visibleText(text)).toBe(text),
  );

  it("contains no control or bidirectional character for any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(visibleText(text)).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}]/u);
      }),
    );
  });

  it("has parts that distinguish a token from the same typed letters", () => {
    expect(visibleParts("U+202E\u202e")).toEqual([
      { kind: "text", text: "U+202E" },
      { kind: "token", text: "U+202E" },
    ]);
  });
});

describe("figures", () => {
  it.each([
    [0, "0"],
    [999, "999"],
    [1000, "1,000"],
    [1234567, "1,234,567"],
  ])("write %i as %s", (count, text) => expect(formatCount(count)).toBe(text));

  it("use singular and plural", () => {
    expect([countOf(1, "object"), countOf(0, "object"), countOf(2146, "object")]).toEqual([
      "1 object",
      "0 objects",
      "2,146 objects",
    ]);
  });

  it.each([
    [0, "0 B"],
    [1_500, "1.5 kB"],
    [13_400_000_000, "13.4 GB"],
  ])("write %i bytes as %s", (bytes, text) => expect(formatBytes(bytes)).toBe(text));

  it("write an instant in UTC, and keep any other text", () => {
    expect(formatInstant("2026-11-23T14:03:12.500Z")).toBe("2026-11-23 14:03:12 UTC");
    expect(formatInstant("yesterday")).toBe("yesterday");
  });

  it.each([
    [1_234, "1.2 s"],
    [59_999, "59.9 s"],
    [61_000, "1 min 1 s"],
    [3_600_000, "1 h 0 min"],
  ])("write %i ms as %s", (milliseconds, text) => expect(formatDuration(milliseconds)).toBe(text));
});
