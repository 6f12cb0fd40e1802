/** The members of vitest's JSON report that the closing line needs. */
export interface TestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string; readonly tags?: readonly string[] }[];
  }[];
}

/** The tests that a run is for, by their tags. */
export type Part = "quick" | "slow" | "deploy" | "all";

/**
 * `N passed, N failed, N skipped`, from the report (undefined: there is none) and the exit code of the run. Tests of the
 * other part are not counted as skipped.
 */
export function closingLine(report: TestReport | undefined, exitCode: number, part: Part = "all"): string {
  const passed = report?.numPassedTests ?? 0;
  const skipped = (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0) - testsOfOtherPart(report, part);
  const failed = (report?.numFailedTests ?? 0) + filesThatFailedToLoad(report);
  // A run that failed outside of its tests (a crash, a lost rejection) must not close with 0 failed.
  const atLeast = exitCode === 0 && report !== undefined ? 0 : 1;
  return `${passed} passed, ${Math.max(failed, atLeast)} failed, ${skipped} skipped`;
}

/** Such a file has no failed test of its own, yet must not pass unseen. */
function filesThatFailedToLoad(report: TestReport | undefined): number {
  const failed = (report?.testResults ?? []).filter(({ status }) => status === "failed");
  return failed.filter(({ assertionResults }) => assertionResults.every(({ status }) => status !== "failed")).length;
}

function testsOfOtherPart(report: TestReport | undefined, part: Part): number {
  if (part === "all") return 0;
  const [tag, isMeant] = part === "quick" ? ["slow", false] : [part, true];
  const tests = (report?.testResults ?? []).flatMap(({ assertionResults }) => assertionResults);
  return tests.filter(({ tags = [] }) => tags.includes(tag) !== isMeant).length;
}
