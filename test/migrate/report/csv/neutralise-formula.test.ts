import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { neutraliseFormula, undoNeutraliseFormula } from "../../../../migrate/report/csv.js";

describe("neutraliseFormula", () => {
  it.each(["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "\n=1", " =1", "\u00a0=1", "\ufeff=1", "＝1", "'=1"])(
    "prefixes an apostrophe to text that a spreadsheet might run: %j",
    (text) => expect(neutraliseFormula(text)).toBe(`'${text}`),
  );

  it.each(["", "a=1", "logs/2026", "été", ".hidden", '"=1"', "日本"])("keeps any other text: %j", (text) =>
    expect(neutraliseFormula(text)).toBe(text),
  );

  it("is reversible for any text", () => {
    const cells = fc.oneof(fc.string({ unit: "binary" }), fc.stringMatching(/^['=+\-@\s]{0,4}a?$/));
    fc.assert(fc.property(cells, (text) => undoNeutraliseFormula(neutraliseFormula(text)) === text));
  });
});
