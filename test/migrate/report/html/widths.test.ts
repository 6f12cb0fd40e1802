import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { widths } from "../../../../migrate/report/html/chart.js";

describe("widths", () => {
  it("returns shares of the whole", () => expect(widths([1, 3])).toEqual([25, 75]));

  it("returns zeros for an empty whole", () => expect(widths([0, 0])).toEqual([0, 0]));

  it("keeps one of a million visible", () => {
    const [one = 0, rest = 0] = widths([1, 999_999]);
    expect(one).toBeGreaterThan(0.9);
    expect(rest).toBeLessThan(99.1);
  });

  it("fills the bar, with no width for a zero", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { minLength: 1 }), (figures) => {
        fc.pre(figures.some((figure) => figure > 0));
        const found = widths(figures);
        expect(found.reduce((sum, width) => sum + width, 0)).toBeCloseTo(100);
        expect(found.map((width) => width > 0)).toEqual(figures.map((figure) => figure > 0));
      }),
    );
  });
});
