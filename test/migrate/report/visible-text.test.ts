import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { visibleParts, visibleText } from "../../../migrate/model/text.js";

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
