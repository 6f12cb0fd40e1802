import { expect, test } from "vitest";
import { shellWord, wrap } from "../../../cli/print/terminal.js";

test("a text breaks between words, with room for what precedes it, and is left alone where there is no terminal", () => {
  const text = "one two three four";
  expect(wrap(text, { columns: 12, taken: 3, indent: "  " })).toBe("one two\n  three four");
  expect(wrap(text, { columns: undefined, taken: 3, indent: "  " })).toBe(text);
});

test("a word longer than the terminal keeps a line of its own, unbroken, so that a path can be copied", () => {
  expect(wrap("see /a/very/long/path now", { columns: 10 })).toBe("see\n/a/very/long/path\nnow");
});

test("a path is quoted for the shell where it needs that, and only there", () => {
  expect(shellWord("bucketseal-runs/2026-11-23T10-00-00.000Z-audit")).toBe(
    "bucketseal-runs/2026-11-23T10-00-00.000Z-audit",
  );
  expect(shellWord("my run; it's")).toBe("'my run; it'\\''s'");
});
