// Runs Ceph's s3-tests against the sandbox and compares with the list of expected failures: `npm run test:s3-tests`.
// What follows `--` goes to pytest: `npm run test:s3-tests -- -k copy`. It closes with one plain line of counts.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startSandbox } from "../../sandbox/index.js";
import { EXPECTED_FAILURES } from "./expected-failures.js";
import { closingLine, judge, problems, readResults } from "./judge.js";
import { configuration, missingFor, SELECTION, USERS } from "./suite.js";

const PYTHON = "python3";
const suite = process.env.BUCKETSEAL_S3_TESTS;
const missing = missingFor(suite, PYTHON);
if (suite === undefined || missing !== undefined) {
  process.stdout.write(`s3-tests skipped: ${missing}\n0 passed, 0 failed, 1 skipped\n`);
} else {
  process.exitCode = await run(suite, process.argv.slice(2));
}

async function run(folder: string, further: readonly string[]): Promise<number> {
  const scratch = mkdtempSync(join(tmpdir(), "bucketseal-s3-tests-"));
  const sandbox = await startSandbox({
    profile: "reference",
    region: "us-east-1",
    credentials: USERS,
    // The suite's users are accounts of their own.
    behaviour: { objectAclDecides: true, bucketAclDecides: true },
  });
  try {
    writeFileSync(join(scratch, "s3tests.conf"), configuration(sandbox));
    await pytest(folder, scratch, further);
    const junit = join(scratch, "report.xml");
    return report(existsSync(junit) ? readFileSync(junit, "utf8") : "", further);
  } finally {
    await sandbox.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Leaves nothing in the suite's folder. */
async function pytest(folder: string, scratch: string, further: readonly string[]): Promise<void> {
  const args = [
    "-m",
    "pytest",
    "-q",
    "-p",
    "no:cacheprovider",
    "--tb=short",
    `--junitxml=${join(scratch, "report.xml")}`,
  ];
  const env = { ...process.env, S3TEST_CONF: join(scratch, "s3tests.conf"), PYTHONDONTWRITEBYTECODE: "1" };
  const child = spawn(PYTHON, [...args, ...SELECTION, ...further], { cwd: folder, env, stdio: "inherit" });
  await once(child, "exit");
}

function report(junit: string, further: readonly string[]): number {
  const judgement = judge(readResults(junit), EXPECTED_FAILURES, further.length === 0 ? "whole" : "narrower");
  const found = problems(judgement);
  const lines = found.length === 0 ? ["as expected"] : found;
  process.stdout.write(`\n${lines.join("\n")}\n${closingLine(judgement)}\n`);
  return found.length === 0 ? 0 : 1;
}
