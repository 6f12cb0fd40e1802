import { expect, test } from "vitest";
import { closingLine, judge, problems, type Result, readResults } from "./judge.js";

const RESULTS = new Map<string, Result>([
  ["works", "passed"],
  ["left_out", "failed"],
  ["not_here", "skipped"],
]);

test("a run that fails as the list says has no problems, and counts what was left out as skipped", () => {
  const judgement = judge(RESULTS, { left_out: "a browser form" }, "whole");
  expect(problems(judgement)).toEqual([]);
  expect(closingLine(judgement)).toBe("1 passed, 0 failed, 2 skipped");
});

test("a failure that is not in the list is a problem", () => {
  const judgement = judge(RESULTS, {}, "whole");
  expect(problems(judgement)).toEqual(["failed, which is not expected: left_out"]);
  expect(closingLine(judgement)).toBe("1 passed, 1 failed, 1 skipped");
});

test("a pass that is in the list is a problem: its line has to go", () => {
  const judgement = judge(RESULTS, { left_out: "a browser form", works: "no longer" }, "whole");
  expect(problems(judgement)).toEqual(["passed, take its line out of the expected failures: works"]);
  expect(closingLine(judgement)).toBe("0 passed, 1 failed, 2 skipped");
});

test("a line that names no test is a problem of a whole run, and none of a narrower one", () => {
  const list = { left_out: "a browser form", gone: "renamed" };
  const whole = judge(RESULTS, list, "whole");
  expect(problems(whole)).toEqual(["not in the selection, take its line out of the expected failures: gone"]);
  expect(closingLine(whole)).toBe("1 passed, 1 failed, 2 skipped");
  expect(problems(judge(RESULTS, list, "narrower"))).toEqual([]);
});

test("a run of no test at all is a problem", () => {
  const judgement = judge(readResults(""), {}, "narrower");
  expect(problems(judgement)).toEqual(["no test ran: pytest says why, above"]);
  expect(closingLine(judgement)).toBe("0 passed, 1 failed, 0 skipped");
});

test("pytest's report is read, a test that fails while it is cleaned up included", () => {
  const cases = [
    '<testcase name="works[a&amp;b]" time="1"/>',
    '<testcase name="breaks"><failure message="no">trace</failure></testcase>',
    '<testcase name="late"/><testcase name="late"><error message="teardown">trace</error></testcase>',
    '<testcase name="left"><skipped message="no key"/></testcase>',
  ];
  const report = `<?xml version="1.0"?><testsuites><testsuite name="pytest">${cases.join("")}</testsuite></testsuites>`;
  expect([...readResults(report)]).toEqual([
    ["works[a&b]", "passed"],
    ["breaks", "failed"],
    ["late", "failed"],
    ["left", "skipped"],
  ]);
});
