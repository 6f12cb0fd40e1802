import { describe, expect, it } from "vitest";
import {
  intersection,
  isEmpty,
  versionNumber,
  versionRange,
} from "../../../constructs/storage/aws-provider-version.js";

const range = (from: number, before: number) => ({ from, before });
const END = Number.POSITIVE_INFINITY;

describe("the versions that a constraint admits", () => {
  it.each([
    ["5.100.0", range(versionNumber(5, 100), versionNumber(5, 100, 1))],
    ["= 5.100", range(versionNumber(5, 100), versionNumber(5, 100, 1))],
    [">= 6.0", range(versionNumber(6), END)],
    ["> 6.22.1", range(versionNumber(6, 22, 2), END)],
    ["<6.23", range(0, versionNumber(6, 23))],
    ["<= 6.22.1", range(0, versionNumber(6, 22, 2))],
    ["~> 5", range(versionNumber(5), versionNumber(6))],
    ["~> 5.100", range(versionNumber(5, 100), versionNumber(6))],
    ["~> 6.22.0", range(versionNumber(6, 22), versionNumber(6, 23))],
    [">= 6.0, < 6.23", range(versionNumber(6), versionNumber(6, 23))],
    ["!= 6.23.0", range(0, END)],
    ["6.23.0-beta1", range(versionNumber(6, 23), versionNumber(6, 23, 1))],
  ])("%s", (constraint, expected) => expect(versionRange(constraint)).toEqual(expected));

  it.each([["v5.100.0"], ["5.*"], ["latest"], [""], [">= 6.0,"], ["^5.100"], ["5.100.0.1"]])(
    "none of %j, which Terraform refuses",
    (constraint) => expect(versionRange(constraint)).toBeUndefined(),
  );

  it("order as versions do, whatever their numbers", () => {
    const versions = [
      versionNumber(5, 100, 0),
      versionNumber(6, 0, 0),
      versionNumber(6, 9, 99),
      versionNumber(6, 10),
      versionNumber(10),
    ];
    expect(versions.toSorted((a, b) => a - b)).toEqual(versions);
  });

  it("can be none at all", () => {
    const contradiction = versionRange("~> 5.100, >= 6.0");
    expect(contradiction && isEmpty(contradiction)).toBe(true);
    expect(isEmpty(intersection(range(1, 3), range(2, 4)))).toBe(false);
  });
});
