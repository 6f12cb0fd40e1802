// Runs the suite and closes with one plain line of counts, read from vitest's JSON report.
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { closingLine, type TestReport } from "./closing-line.js";

const REPORT_FILE = ".test-result.json";

rmSync(REPORT_FILE, { force: true });
const args = ["vitest", "run", "--reporter=default", "--reporter=json", `--outputFile.json=${REPORT_FILE}`];
const { status, signal } = spawnSync("npx", [...args, ...process.argv.slice(2)], { stdio: "inherit" });
const report = readReport();
if (report === undefined) process.stderr.write(`vitest ended without a report (${signal ?? `exit code ${status}`})\n`);
process.exitCode = status === 0 && report === undefined ? 1 : (status ?? 1);
process.stdout.write(`${closingLine(report, process.exitCode)}\n`);

function readReport(): TestReport | undefined {
  try {
    return JSON.parse(readFileSync(REPORT_FILE, "utf8")) as TestReport;
  } catch {
    return undefined;
  }
}
