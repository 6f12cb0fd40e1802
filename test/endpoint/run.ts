import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { visibleText } from "../../migrate/model/text.js";

interface Result {
  readonly title: string;
  readonly ancestorTitles: readonly string[];
  readonly status: string;
  readonly failureMessages: readonly string[] | null;
  readonly meta?: { readonly detail?: string; readonly lacks?: readonly string[] };
}

/** The members of vitest's JSON report that this needs. */
interface ServerReport {
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
function tableOf(report: ServerReport): string {
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
function closingCounts(report: ServerReport): string {
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

// npm run test:server -- ENDPOINT: all tests that can run on a server of somebody else, and a table of the results.

const USAGE = `usage: npm run test:server -- ENDPOINT [--region REGION] [--provider NAME] [--only WORDS]

  ENDPOINT    such as http://127.0.0.1:9000; it makes buckets there, and removes them again
  --region    default: AWS_REGION, or us-east-1
  --provider  what bucketseal is told of the store, such as ceph-rgw; default: nothing
  --only      only the tests whose titles hold these words

Credentials come from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.
`;
const FILES = [
  "test/conformance/endpoint.test.ts",
  "test/endpoint/lives.test.ts",
  "test/endpoint/race.test.ts",
  "test/endpoint/chaos.test.ts",
];

process.exitCode = main();

function main(): number {
  const given = readArguments();
  if (given === undefined) {
    process.stderr.write(USAGE);
    return 2;
  }
  const folder = mkdtempSync(join(tmpdir(), "bucketseal-server-report-"));
  const file = join(folder, "report.json");
  const reporters = ["--reporter=verbose", "--reporter=json", `--outputFile.json=${file}`];
  // One after the other: side by side they would measure one another.
  const args = ["vitest", "run", "--no-file-parallelism", ...reporters, ...given.filter, ...FILES];
  const { status } = spawnSync("npx", args, { stdio: ["ignore", 2, 2], env: { ...process.env, ...given.env } });
  const report = readReport(file);
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  if (report === undefined) {
    process.stdout.write("0 passed, 1 failed, 0 skipped\n");
    return 1;
  }
  process.stdout.write(`\n${tableOf(report)}\n${closingCounts(report)}\n`);
  return report.numFailedTests > 0 || status === null || (status !== 0 && report.success) ? 1 : 0;
}

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { region: { type: "string" }, provider: { type: "string" }, only: { type: "string" } },
    });
    const [endpoint, ...rest] = positionals;
    if (endpoint === undefined || rest.length > 0 || !/^https?:\/\//.test(endpoint)) return undefined;
    return {
      filter: values.only === undefined ? [] : ["-t", values.only],
      env: {
        BUCKETSEAL_TEST_DIFFERENCES: "named",
        BUCKETSEAL_TEST_ENDPOINT: endpoint.replace(/\/+$/, ""),
        ...(values.region === undefined ? {} : { BUCKETSEAL_TEST_REGION: values.region }),
        ...(values.provider === undefined ? {} : { BUCKETSEAL_TEST_PROVIDER: values.provider }),
      },
    };
  } catch {
    return undefined;
  }
}

function readReport(file: string): ServerReport | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as ServerReport;
  } catch {
    return undefined;
  }
}
