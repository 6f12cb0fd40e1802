import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { escapeMarkdown } from "../../../../migrate/report/markdown/markdown-table.js";
import { HOSTILE_KEYS } from "../hostile-keys.js";

describe("escapeMarkdown", () => {
  it.each([
    ["a|b", "a&#124;b"],
    ["[a](http://b)", "\\[a\\](http&#58;//b)"],
    ["<b>", "&lt;b&gt;"],
    ["`a` *b* _c_", "\\`a\\` \\*b\\* \\_c\\_"],
    ["a\\|b", "a\\\\&#124;b"],
    ["www.a", "www&#46;a"],
    ["a\nb", "a&lt;U+000A&gt;b"],
  ])("turns %j into %s", (text, escaped) => expect(escapeMarkdown(text)).toBe(escaped));

  it.each(["invoices/2026-01.pdf", "a b (1).txt", "été: 5 %"])("keeps plain text readable: %s", (text) =>
    expect(escapeMarkdown(text)).toBe(text),
  );

  it("keeps any text in one cell of one line, and produces no HTML", () => {
    const texts = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom(...HOSTILE_KEYS));
    fc.assert(fc.property(texts, (text) => !/[|<>\n\r]|(?<!\\)(?:\\\\)*`/.test(escapeMarkdown(text))));
  });
});
