import { describe, expect, it } from "vitest";
import { closingLine, type TestReport } from "./closing-line.js";

const file = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map((test) => ({ status: test })),
});

const report = (overrides: Partial<TestReport> = {}): TestReport => ({
  numPassedTests: 3,
  numFailedTests: 0,
  numPendingTests: 1,
  numTodoTests: 1,
  testResults: [file("passed", "passed", "passed", "passed", "pending", "todo")],
  ...overrides,
});

describe("closingLine", () => {
  it("counts passed, failed, and skipped or todo tests", () => {
    expect(closingLine(report(), 0)).toBe("3 passed, 0 failed, 2 skipped");
  });

  it("counts a failed test once, and not its file again", () => {
    const failed = report({ numFailedTests: 2, testResults: [file("failed", "failed", "failed", "passed")] });
    expect(closingLine(failed, 1)).toBe("3 passed, 2 failed, 2 skipped");
  });

  it("leaves out the tests of the other part, which are skipped in the report", () => {
    const tagged = report({
      numPendingTests: 3,
      numTodoTests: 0,
      testResults: [
        {
          status: "passed",
          assertionResults: [
            { status: "skipped", tags: ["slow"] },
            { status: "skipped", tags: ["slow", "deploy"] },
            { status: "skipped", tags: [] },
          ],
        },
      ],
    });
    const parts = ["quick", "slow", "deploy", "all"] as const;
    expect(parts.map((part) => closingLine(tagged, 0, part))).toEqual([
      "3 passed, 0 failed, 1 skipped",
      "3 passed, 0 failed, 2 skipped",
      "3 passed, 0 failed, 1 skipped",
      "3 passed, 0 failed, 3 skipped",
    ]);
  });

  it("counts a file that failed to load", () => {
    const broken = report({ testResults: [file("failed"), file("failed"), file("passed", "passed")] });
    expect(closingLine(broken, 1)).toBe("3 passed, 2 failed, 2 skipped");
  });

  it("reports a failure if the run failed although every test passed", () => {
    expect(closingLine(report(), 1)).toBe("3 passed, 1 failed, 2 skipped");
  });

  it("reports a failure if vitest left no report, even with exit code 0", () => {
    expect([closingLine(undefined, 139), closingLine(undefined, 0)]).toEqual([
      "0 passed, 1 failed, 0 skipped",
      "0 passed, 1 failed, 0 skipped",
    ]);
  });
});
