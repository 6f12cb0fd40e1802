import { expect, onTestFinished, test, vi } from "vitest";
import { slowest } from "../../../cli/print/run-events.js";
import { shellWord, wrap } from "../../../cli/print/terminal.js";
import type { ProgressEvent } from "../../../migrate/index.js";

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

/** What is said on stderr at the end of a run with these events. */
function said(...events: readonly ProgressEvent[]): string {
  const written: string[] = [];
  const stderr = vi.spyOn(process.stderr, "write").mockImplementation((text) => written.push(String(text)) > 0);
  onTestFinished(() => stderr.mockRestore());
  const pace = slowest();
  for (const event of events) pace.onEvent(event);
  pace.print();
  return written.join("");
}

const writes = (perSecond: number): ProgressEvent => ({ kind: "rate", access: "write", perSecond, ceiling: 300 });
const retry: ProgressEvent = { kind: "retry", operation: "copyObject", code: "SlowDown" };

test("slowest prints the lowest rate of a run, even if it recovered", () => {
  expect(said(retry, retry, writes(150), writes(75), writes(200), writes(300))).toBe(
    "throttled: the store limited the request rate: writes 75/s of 300/s at the slowest; 2 retries\n",
  );
});

test("slowest prints nothing if no rate fell, even if a call was retried", () => {
  expect(said(retry)).toBe("");
});
