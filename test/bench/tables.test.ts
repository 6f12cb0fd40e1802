import { describe, expect, it } from "vitest";
import type { Bar, Scenario } from "../../bench/scenarios.js";
import { type Measured, ratiosOf, ratioTableOf, spreadOf, tableOf } from "../../bench/tables.js";

const objects = { ListObjectsV2: 1, HeadObject: 200, GetObjectAcl: 0, GetObjectTagging: 0, CopyObject: 100 };
const counts = {
  ...{ objects, others: {}, unknown: 0, slowDowns: 0, sealed: 100, connections: 1, mostInFlight: 1 },
  ...{ perSecond: [], copiesPerTenth: [] },
};

/** Runs of so many seconds, of which half are CPU time. */
const measured = (subject: string, ...seconds: readonly number[]): Measured => {
  const runs = seconds.map((each) => ({ seconds: each, cpuSeconds: each / 2, peakBytes: each * 1024 ** 2, counts }));
  return { subject, times: 1, objects: 100, runs };
};

const scenario = (...bars: readonly Bar[]): Scenario => {
  return { name: "one", title: "one and other", stub: { keys: 100 }, subjects: [], bars };
};

describe("spreadOf", () => {
  it.each([
    [[3], { least: 3, median: 3, most: 3 }],
    [[5, 1, 3], { least: 1, median: 3, most: 5 }],
    [[4, 1, 2, 9], { least: 1, median: 3, most: 9 }],
  ])("of %j", (values, spread) => expect(spreadOf(values)).toEqual(spread));
});

describe("ratiosOf", () => {
  const slow = measured("slow", 20, 80, 30);
  const fast = measured("fast", 10, 10, 10);

  it("compares the runs of one turn, not the medians of all", () => {
    const bar = { figure: "cpu", of: "slow", against: "fast", wanted: 3 } as const;
    const drifting = measured("drifting", 20, 40, 10);
    expect(ratiosOf(scenario(bar), [slow, fast])).toEqual([
      { ...bar, measured: { least: 2, median: 3, most: 8 }, isMet: true },
    ]);
    expect(ratiosOf(scenario({ ...bar, against: "drifting" }), [slow, drifting])[0]?.measured.median).toBe(2);
  });

  it("wants CPU time and memory at most, objects per second at least", () => {
    const of = (bar: Omit<Bar, "of" | "against">) =>
      ratiosOf(scenario({ ...bar, of: "slow", against: "fast" }), [slow, fast]).map(({ isMet }) => isMet);
    expect(of({ figure: "cpu", wanted: 2.9 })).toEqual([false]);
    expect(of({ figure: "peak", wanted: 2.9 })).toEqual([false]);
    expect(of({ figure: "peak", wanted: 3 })).toEqual([true]);
    expect(of({ figure: "rate", wanted: 0.34 })).toEqual([false]);
    expect(of({ figure: "rate", wanted: 0.33 })).toEqual([true]);
  });

  it("leaves out what was not measured", () => {
    const bar = { figure: "cpu", of: "slow", against: "absent", wanted: 1 } as const;
    expect(ratiosOf(scenario(bar), [slow, fast])).toEqual([]);
  });
});

describe("tableOf", () => {
  it("names figures, requests, ratios and what was left out", () => {
    const runs = [measured("slow", 20), measured("fast", 10)];
    const ratios = ratiosOf(scenario({ figure: "rate", of: "slow", against: "fast", wanted: 1 }), runs);
    const skipped = ["other: other is not on the PATH"];
    const result = { scenario: "one", title: "one and other", latencyMs: 0, measured: runs, ratios, skipped };
    const table = tableOf(result);
    expect(table).toMatch(
      /\| slow +\| 100 +\| 1 +\| 100\.000 \(100\.000 to 100\.000\) +\| 5 \(5 to 5\) +\| 20 \(20 to 20\) /,
    );
    expect(table).toContain("ListObjectsV2 0.010, HeadObject 2.000, CopyObject 1.000");
    expect(table).toContain("skipped: other: other is not on the PATH");
    expect(ratioTableOf([result])).toMatch(
      /\| one +\| slow \/ fast \| objects\/s \| 0\.50 \(0\.50 to 0\.50\) \| at least 1 \| not met \|/,
    );
  });
});
