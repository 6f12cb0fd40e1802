import { describe, expect, test } from "vitest";
import { newCounters } from "../../../cli/progress/progress.js";
import { barLine } from "../../../cli/progress/progress-bar.js";

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
    expect(line(busy, 900, 160)).toMatch(/3 failed {2}12 tried again {2}64 in flight$/);
    expect(line(busy, 900, 100)).not.toContain("in flight");
  });

  test("paints only the bar", () => {
    const painted = barLine({ counters: newCounters(), rate: 0, columns: 80, paint: (bar) => `<${bar}>` });
    expect(painted).toMatch(/^<─{24}> {3}0% /);
  });
});
