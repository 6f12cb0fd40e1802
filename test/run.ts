// Runs the suite and closes with one plain line of counts, read from vitest's JSON result.
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";

const RESULT_FILE = ".test-result.json";

rmSync(RESULT_FILE, { force: true });
const args = ["vitest", "run", "--reporter=default", "--reporter=json", `--outputFile.json=${RESULT_FILE}`];
const { status } = spawnSync("npx", [...args, ...process.argv.slice(2)], { stdio: "inherit" });
const result = JSON.parse(readFileSync(RESULT_FILE, "utf8"));
const skipped = result.numPendingTests + result.numTodoTests;
// A file that fails to load has no failed test of its own, yet must not pass unseen.
const failedFiles = result.testResults.filter(
  (file: { status: string; assertionResults: { status: string }[] }) =>
    file.status === "failed" && file.assertionResults.every((test) => test.status !== "failed"),
).length;
process.stdout.write(
  `${result.numPassedTests} passed, ${result.numFailedTests + failedFiles} failed, ${skipped} skipped\n`,
);
process.exitCode = status ?? 1;
