import { expect, test } from "vitest";
import { shellWord, wrap } from "../../../cli/print/terminal.js";

test("wrap breaks a text between words, counts a prefix, and does nothing without a terminal", () => {
  const text = "one two three four";
  expect(wrap(text, { columns: 12, taken: 3, indent: "  " })).toBe("one two\n  three four");
  expect(wrap(text, { columns: undefined, taken: 3, indent: "  " })).toBe(text);
});

test("wrap keeps a word that is longer than the terminal unbroken on its own line", () => {
  expect(wrap("see /a/very/long/path now", { columns: 10 })).toBe("see\n/a/very/long/path\nnow");
});

test("shellWord quotes a path only if the shell needs it", () => {
  expect(shellWord("bucketseal-runs/2026-11-23T10-00-00.000Z-audit")).toBe(
    "bucketseal-runs/2026-11-23T10-00-00.000Z-audit",
  );
  expect(shellWord("my run; it's")).toBe("'my run; it'\\''s'");
});
