import { expect, onTestFinished, test, vi } from "vitest";
import { slowest } from "../../../cli/print/run-events.js";
import type { ProgressEvent } from "../../../migrate/index.js";

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
