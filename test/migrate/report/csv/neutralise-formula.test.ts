import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { neutraliseFormula, undoNeutraliseFormula } from "../../../../migrate/report/csv.js";

describe("a cell", () => {
  it.each(["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "\n=1", " =1", "\u00a0=1", "\ufeff=1", "＝1", "'=1"])(
    "that a spreadsheet might run gains an apostrophe: %j",
    (text) => expect(neutraliseFormula(text)).toBe(`'${text}`),
  );

  it.each(["", "a=1", "logs/2026", "été", ".hidden", '"=1"', "日本"])("of any other text stays as it is: %j", (text) =>
    expect(neutraliseFormula(text)).toBe(text),
  );

  it("gives its value back, whatever it is", () => {
    const cells = fc.oneof(fc.string({ unit: "binary" }), fc.stringMatching(/^['=+\-@\s]{0,4}a?$/));
    fc.assert(fc.property(cells, (text) => undoNeutraliseFormula(neutraliseFormula(text)) === text));
  });
});
