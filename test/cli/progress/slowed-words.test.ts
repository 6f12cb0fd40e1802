import { expect, test } from "vitest";
import { progressLine } from "../../../cli/progress/create-progress.js";
import { count, newCounters } from "../../../cli/progress/progress.js";
import { barLine } from "../../../cli/progress/progress-bar.js";
import type { ProgressEvent } from "../../../migrate/index.js";

const writes = (perSecond: number): ProgressEvent => ({ kind: "rate", access: "write", perSecond, ceiling: 300 });
const reads = (perSecond: number | null): ProgressEvent => ({ kind: "rate", access: "read", perSecond, ceiling: null });

/** Both ways in which progress is shown, after these events. */
function shown(...events: readonly ProgressEvent[]): { bar: string; line: string } {
  const counters = newCounters();
  for (const event of events) count(counters, event);
  return { bar: barLine({ counters, rate: 0, columns: 160, paint: (bar) => bar }), line: progressLine(counters, 0) };
}

test.each([
  ["writes", [writes(150)], "throttled: writes 150/s of 300/s"],
  ["reads that have no ceiling", [reads(1400)], "throttled: reads 1,400/s"],
  ["both", [writes(150), reads(40)], "throttled: reads 40/s, writes 150/s of 300/s"],
  ["the latest rate", [writes(150), writes(75), writes(90)], "throttled: writes 90/s of 300/s"],
])("progress shows throttling of %s", (_, events, words) => {
  const { bar, line } = shown(...events);
  expect(bar).toContain(`  ${words}  `);
  expect(line).toMatch(new RegExp(`, ${words.replaceAll("/", "\\/")}$`));
});

test.each([
  ["was never slowed", []],
  ["is back at its ceiling", [writes(150), writes(300)]],
  ["has no limit again", [reads(1400), reads(null)]],
])("progress does not mention a rate that %s", (_, events) => {
  const { bar, line } = shown(...events);
  expect(`${bar}${line}`).not.toContain("throttled");
});
