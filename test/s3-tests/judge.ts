import { XMLParser } from "fast-xml-parser";

export type Result = "passed" | "failed" | "skipped";

/** The result of a run beside the expected one. */
export interface Judgement {
  readonly passed: number;
  readonly skipped: number;
  /** Failed as the list says. */
  readonly expected: readonly string[];
  /** Failed, and the list does not say so. */
  readonly unexpectedFailures: readonly string[];
  /** Passed, though the list says that they fail. */
  readonly unexpectedPasses: readonly string[];
  /** Listed, and no test of the suite, or none that was selected. */
  readonly unknown: readonly string[];
}

/** Compares a run with the list of expected failures; of a narrower selection, lines that name no test of it are no news. */
export function judge(
  results: ReadonlyMap<string, Result>,
  expectedFailures: Readonly<Record<string, string>>,
  selection: "whole" | "narrower",
): Judgement {
  const names = [...results.keys()];
  const ended = (result: Result) => names.filter((name) => results.get(name) === result);
  const isExpected = (name: string) => Object.hasOwn(expectedFailures, name);
  const failed = ended("failed");
  const passed = ended("passed");
  return {
    passed: passed.length,
    skipped: ended("skipped").length,
    expected: failed.filter(isExpected),
    unexpectedFailures: failed.filter((name) => !isExpected(name)),
    unexpectedPasses: passed.filter(isExpected),
    unknown: selection === "narrower" ? [] : Object.keys(expectedFailures).filter((name) => !results.has(name)),
  };
}

/** The work that is left, a line each; empty if the run was as expected. */
export function problems(judgement: Judgement): readonly string[] {
  const { passed, skipped, expected, unexpectedFailures, unexpectedPasses, unknown } = judgement;
  if (passed + skipped + expected.length + unexpectedFailures.length === 0) {
    return ["no test ran: pytest says why, above"];
  }
  return [
    ...unexpectedFailures.map((name) => `failed, which is not expected: ${name}`),
    ...unexpectedPasses.map((name) => `passed, take its line out of the expected failures: ${name}`),
    ...unknown.map((name) => `not in the selection, take its line out of the expected failures: ${name}`),
  ];
}

/** Expected failures count as skipped: the sandbox leaves them out. A line too many counts as failed. */
export function closingLine(judgement: Judgement): string {
  const { passed, skipped, expected, unexpectedPasses } = judgement;
  const left = passed - unexpectedPasses.length;
  return `${left} passed, ${problems(judgement).length} failed, ${skipped + expected.length} skipped`;
}

interface TestCase {
  readonly "@name": string;
  readonly failure?: unknown;
  readonly error?: unknown;
  readonly skipped?: unknown;
}

/** The results in pytest's JUnit report, by the name of the test. */
export function readResults(junit: string): ReadonlyMap<string, Result> {
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: "@",
    isArray: (name) => name === "testcase",
  });
  const report = parser.parse(junit) as { testsuites?: { testsuite?: { testcase?: readonly TestCase[] } } };
  const results = new Map<string, Result>();
  for (const testCase of report.testsuites?.testsuite?.testcase ?? []) {
    // A test whose teardown fails is there twice.
    const before = results.get(testCase["@name"]);
    results.set(testCase["@name"], before === "failed" ? before : resultOf(testCase));
  }
  return results;
}

function resultOf({ failure, error, skipped }: TestCase): Result {
  if (failure !== undefined || error !== undefined) {
    return "failed";
  }
  return skipped === undefined ? "passed" : "skipped";
}
