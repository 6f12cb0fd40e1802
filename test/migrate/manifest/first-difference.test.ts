import { describe, expect, it } from "vitest";
import { firstDifference } from "../../../migrate/evidence/journal-tree.js";

describe("firstDifference", () => {
  it.each([
    ["a figure", { a: { b: 1 } }, { a: { b: 2 } }, "a.b is 1, but should be 2"],
    ["a missing field", {}, { a: 1 }, "a is not there, but should be 1"],
    ["a field too many", { a: 1 }, {}, "a is 1, but should be not there"],
    ["a longer list", { a: [1, 2] }, { a: [1] }, "a.1 is 2, but should be not there"],
    ["another type", 7, { a: 1 }, 'it is 7, but should be {"a":1}'],
    ["null for a table", { a: null }, { a: {} }, "a is null, but should be {}"],
  ])("names %s", (_, said, folded, words) => expect(firstDifference(said, folded)).toBe(words));

  it("ignores the order of keys", () => {
    expect(firstDifference({ a: 1, b: [2] }, { b: [2], a: 1 })).toBeUndefined();
  });
});
