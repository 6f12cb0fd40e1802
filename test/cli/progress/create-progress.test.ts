import { describe, expect, test } from "vitest";
import { barLine, progressLine, timeLeft } from "../../../cli/progress/create-progress.js";
import { count, newCounters, recentRate } from "../../../cli/progress/progress.js";
import type { ProgressEvent } from "../../../migrate/index.js";

const paint = (bar: string) => bar;
const line = (counters: Partial<ReturnType<typeof newCounters>>, rate = 0, columns = 120) =>
  barLine({ counters: { ...newCounters(), ...counters }, rate, columns, paint });

describe("barLine", () => {
  test("shows zeros before anything is known", () => {
    expect(line({})).toBe(`${"─".repeat(24)}   0%  0 objects  0/s  0 in flight`);
  });

  test("marks an unfinished count with +, and shows the time left only once it ends", () => {
    const counting = line({ done: 500, counted: 2000, listed: 564 }, 100);
    expect(counting).toContain(" 25%  500 of 2,000+ objects  100/s  64 in flight");
    const counted = line({ done: 500, counted: 2000, countEnded: true, listed: 564 }, 100);
    expect(counted).toContain(" 25%  500 of 2,000 objects  100/s  15 s left  64 in flight");
  });

  test("never exceeds 100%, even if more objects are listed than counted", () => {
    expect(line({ done: 20, counted: 10, countEnded: true, listed: 20 }, 5)).toContain(
      "100%  20 of 20 objects  5/s  0 in",
    );
  });

  test("stays narrower than the terminal, and drops the least important parts first", () => {
    const busy = { done: 1_234_567, counted: 98_765_432, countEnded: true, listed: 1_234_631, failed: 3, retries: 12 };
    for (let columns = 30; columns <= 160; columns += 1) expect(line(busy, 900, columns).length).toBeLessThan(columns);
    expect(line(busy, 900, 160)).toMatch(/3 failed {2}12 retries {2}64 in flight$/);
    expect(line(busy, 900, 100)).not.toContain("in flight");
  });

  test("paints only the bar", () => {
    const painted = barLine({ counters: newCounters(), rate: 0, columns: 80, paint: (bar) => `<${bar}>` });
    expect(painted).toMatch(/^<─{24}> {3}0% /);
  });
});

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

test("recentRate follows a store that slows down, and starts at 0", () => {
  const rateAt = recentRate(0);
  expect(rateAt(0, 0)).toBe(0);
  for (let second = 1; second < 60; second += 1) rateAt(second * 1000, second * 1000);
  expect(rateAt(60_000, 60_000)).toBe(1000);
  for (let second = 61; second < 100; second += 1) rateAt(second * 1000, 60_000 + (second - 60) * 10);
  expect(rateAt(100_000, 60_400)).toBe(10);
});

test.for([
  [0.2, "1 s"],
  [89, "89 s"],
  [90, "2 min"],
  [3600, "60 min"],
  [12_000, "3 h 20 min"],
  [400_000, "5 days"],
] as const)("timeLeft formats %d seconds as %s", ([seconds, words]) => {
  expect(timeLeft(seconds)).toBe(words);
});
