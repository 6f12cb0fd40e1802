// Runs the suite and closes with one plain line of counts, read from vitest's JSON report. --quick leaves out the tests that are
// tagged slow; --slow and --deploy run those of that tag alone. Other arguments go to vitest.
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { closingLine, type Part, type TestReport } from "./closing-line.js";

const REPORT_FILE = ".test-result.json";
const FILTERS: Readonly<Record<Part, readonly string[]>> = {
  quick: ["--tagsFilter=!slow"],
  slow: ["--tagsFilter=slow"],
  deploy: ["--tagsFilter=deploy"],
  all: [],
};

const given = process.argv.slice(2);
const part = (["quick", "slow", "deploy"] as const).find((name) => given.includes(`--${name}`)) ?? "all";
const others = given.filter((argument) => argument !== `--${part}`);
rmSync(REPORT_FILE, { force: true });
const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${REPORT_FILE}`];
const { status, signal } = spawnSync("npx", ["vitest", "run", ...reporters, ...FILTERS[part], ...others], {
  stdio: "inherit",
});
const report = readReport();
if (report === undefined) process.stderr.write(`vitest ended without a report (${signal ?? `exit code ${status}`})\n`);
process.exitCode = status === 0 && report === undefined ? 1 : (status ?? 1);
process.stdout.write(`${closingLine(report, process.exitCode, part)}\n`);

function readReport(): TestReport | undefined {
  try {
    return JSON.parse(readFileSync(REPORT_FILE, "utf8")) as TestReport;
  } catch {
    return undefined;
  }
}
