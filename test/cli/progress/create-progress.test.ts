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
    expect(line({ done: 1, counted: 1, countEnded: true, listed: 1 })).toContain("1 of 1 object  ");
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

  test("shows no share of a count that the run has overtaken", () => {
    expect(line({ done: 2000, counted: 1000, listed: 2064 }, 100)).toContain(
      "─   0%  2,000 objects  100/s  64 in flight",
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

test("recentRate follows a store that slows down, and is unknown before the first object and two seconds after it", () => {
  const rateAt = recentRate();
  expect(rateAt(0, 0)).toBeNull();
  expect([0, 1000, 1999].map((ms) => rateAt(9000 + ms, 64 + ms))).toEqual([null, null, null]);
  expect(rateAt(11_000, 2064)).toBe(1000);
  for (let second = 12; second < 60; second += 1) rateAt(second * 1000, (second - 9) * 1000);
  expect(rateAt(60_000, 51_000)).toBe(1000);
  for (let second = 61; second < 100; second += 1) rateAt(second * 1000, 51_000 + (second - 60) * 10);
  expect(rateAt(100_000, 51_400)).toBe(10);
});

test("recentRate counts again from the start if the run does", () => {
  const rateAt = recentRate();
  for (let second = 0; second < 10; second += 1) rateAt(second * 1000, 1 + second * 1000);
  for (let second = 10; second < 20; second += 1) rateAt(second * 1000, 1 + (second - 10) * 100);
  expect(rateAt(20_000, 1001)).toBe(100);
});

describe("the first time left of a steady store", () => {
  /** Objects come in batches of 64, all of the first together, after a probe that took 9 s. */
  const doneAt = (ms: number, perSecond: number) =>
    ms < 9000 ? 0 : 64 * (1 + Math.floor(((ms - 9000) * perSecond) / 1000 / 64));

  test.each([
    ["210 s", 300, 63_000],
    ["hours", 100, 1_000_000],
    ["seconds", 2000, 20_000],
  ])("is within a factor of two of the truth, which is %s, and so are those after it", (_, perSecond, total) => {
    const rateAt = recentRate();
    const seen: number[] = [];
    for (let ms = 0; doneAt(ms, perSecond) < total * 0.9; ms += 200) {
      const done = doneAt(ms, perSecond);
      const rate = rateAt(ms, done);
      if (rate !== null) seen.push((total - done) / rate / ((total - done) / perSecond));
    }
    expect(seen.length).toBeGreaterThan(10);
    expect(Math.min(...seen)).toBeGreaterThan(0.5);
    expect(Math.max(...seen)).toBeLessThan(2);
  });

  test("is not shown before, and neither is a rate", () => {
    const early = barLine({
      counters: { ...newCounters(), done: 64, counted: 1000, countEnded: true },
      rate: null,
      columns: 120,
      paint,
    });
    expect(early).not.toMatch(/left|\/s/);
    expect(progressLine({ ...newCounters(), done: 1, listed: 3 }, null)).toMatch(/^1 object done, 2 in flight/);
  });
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
