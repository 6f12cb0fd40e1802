import { expect, test } from "vitest";
import { closingLine, judge, problems, type Result, readResults } from "./judge.js";

const RESULTS = new Map<string, Result>([
  ["works", "passed"],
  ["left_out", "failed"],
  ["not_here", "skipped"],
]);

test("judge accepts the expected failures, and counts them as skipped", () => {
  const judgement = judge(RESULTS, { left_out: "a browser form" }, "whole");
  expect(problems(judgement)).toEqual([]);
  expect(closingLine(judgement)).toBe("1 passed, 0 failed, 2 skipped");
});

test("judge reports an unexpected failure", () => {
  const judgement = judge(RESULTS, {}, "whole");
  expect(problems(judgement)).toEqual(["failed, which is not expected: left_out"]);
  expect(closingLine(judgement)).toBe("1 passed, 1 failed, 1 skipped");
});

test("judge reports an expected failure that passes", () => {
  const judgement = judge(RESULTS, { left_out: "a browser form", works: "no longer" }, "whole");
  expect(problems(judgement)).toEqual(["passed, take its line out of the expected failures: works"]);
  expect(closingLine(judgement)).toBe("0 passed, 1 failed, 2 skipped");
});

test("judge reports an expected failure without a test, but only in a whole run", () => {
  const list = { left_out: "a browser form", gone: "renamed" };
  const whole = judge(RESULTS, list, "whole");
  expect(problems(whole)).toEqual(["not in the selection, take its line out of the expected failures: gone"]);
  expect(closingLine(whole)).toBe("1 passed, 1 failed, 2 skipped");
  expect(problems(judge(RESULTS, list, "narrower"))).toEqual([]);
});

test("judge reports a run without any test", () => {
  const judgement = judge(readResults(""), {}, "narrower");
  expect(problems(judgement)).toEqual(["no test ran: pytest says why, above"]);
  expect(closingLine(judgement)).toBe("0 passed, 1 failed, 0 skipped");
});

test("readResults reads pytest's report, including a test that fails in its teardown", () => {
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
