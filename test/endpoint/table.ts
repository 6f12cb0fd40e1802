import { visibleText } from "../../migrate/model/text.js";

interface Result {
  readonly title: string;
  readonly ancestorTitles: readonly string[];
  readonly status: string;
  readonly failureMessages: readonly string[] | null;
  readonly meta?: { readonly detail?: string; readonly lacks?: readonly string[] };
}

/** What is read of vitest's JSON report. */
export interface ServerReport {
  readonly success: boolean;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly Result[];
  }[];
}

const CONFORMANCE = "an endpoint from the environment";

/** Markdown: a row for the conformance suite and one for each step, then what the server cannot do. */
export function tableOf(report: ServerReport): string {
  const results = resultsOf(report);
  const conformance = results.filter(isConformance);
  const steps = results.filter((result) => !isConformance(result));
  const failed = conformance.filter(({ status }) => status === "failed");
  const rows = [
    ...(conformance.length === 0 ? [] : [row("the conformance suite", conformanceWords(conformance, failed.length))]),
    ...failed.map((result) => row(`the conformance suite: ${result.title}`, wordsOf(result))),
    ...steps.map((result) => row([...result.ancestorTitles.slice(1), result.title].join(": "), wordsOf(result))),
    ...brokenFiles(report).map(({ name, message }) => row(name, `**failed**: ${firstLine(message)}`)),
  ];
  const lacks = lacksOf(results);
  const others = conformance.filter(({ status }) => isSkipped(status));
  return [
    "| what | result |",
    "|---|---|",
    ...rows,
    ...list("What the server did not take, so that objects were put without it:", lacks),
    ...list(
      "What the server does otherwise than S3:",
      others.map(({ title, meta }) => `${title}: ${meta?.detail ?? ""}`),
    ),
  ].join("\n");
}

/** `N passed, N failed, N skipped`: what a server cannot do counts as skipped, each by its name. */
export function closingCounts(report: ServerReport): string {
  const results = resultsOf(report);
  const count = (wanted: (status: string) => boolean) => results.filter(({ status }) => wanted(status)).length;
  const failed = count((status) => status === "failed") + brokenFiles(report).length;
  const skipped = count(isSkipped) + lacksOf(results).length;
  return `${count((status) => status === "passed")} passed, ${failed} failed, ${skipped} skipped`;
}

function resultsOf({ testResults }: ServerReport): Result[] {
  // A test that --only left out was not asked for.
  return testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status, meta }) => status !== "pending" && !(status === "skipped" && meta?.detail === undefined));
}

/** Such a file has no failed test of its own, yet must not pass unseen. */
function brokenFiles({ testResults }: ServerReport) {
  return testResults.filter(
    ({ status, assertionResults }) =>
      status === "failed" && assertionResults.every((result) => result.status !== "failed"),
  );
}

function isConformance({ ancestorTitles }: Result): boolean {
  return ancestorTitles[0] === CONFORMANCE;
}

function isSkipped(status: string): boolean {
  return /^(skipped|pending|todo|disabled)$/.test(status);
}

function conformanceWords(results: readonly Result[], failed: number): string {
  const passed = results.filter(({ status }) => status === "passed").length;
  return `${passed} of ${results.length} as S3, ${results.length - passed - failed} otherwise`;
}

function wordsOf({ status, meta, failureMessages }: Result): string {
  const { detail } = meta ?? {};
  if (status === "passed") return detail === undefined ? "passed" : `passed: ${detail}`;
  if (status === "failed") return `**failed**: ${firstLine(failureMessages?.[0] ?? "")}`;
  return `skipped: ${detail ?? ""}`;
}

function lacksOf(results: readonly Result[]): string[] {
  return [...new Set(results.flatMap(({ meta }) => meta?.lacks ?? []))].sort();
}

function list(heading: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : ["", heading, "", ...items.map((item) => `- ${cell(item)}`)];
}

function row(what: string, result: string): string {
  return `| ${cell(what)} | ${cell(result)} |`;
}

function cell(text: string): string {
  return visibleText(text).replaceAll("|", "\\|").slice(0, 300);
}

function firstLine(text: string): string {
  return text.split("\n")[0] ?? "";
}
