import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Sandbox, type SandboxUser, startSandbox } from "../../sandbox/index.js";
import { EXPECTED_FAILURES } from "./expected-failures.js";
import { closingLine, judge, problems, readResults } from "./judge.js";

const FILES = ["s3tests/functional/test_s3.py", "s3tests/functional/test_headers.py"];

/**
 * The selection is by the suite's own marks: lifecycle, logging, cloud tiers and accounts of IAM are about what the sandbox does not play, and
 * `fails_on_aws` is about behaviour that S3 lacks. 620 tests remain: encryption, copies, parts, versions, tags, locks, conditions, listings, headers,
 * policies, and the access control of buckets and objects. Tests without a mark that are left out are listed in the expected failures.
 */
const LEFT_OUT_MARKS = [
  "fails_on_aws",
  "lifecycle",
  "lifecycle_expiration",
  "lifecycle_transition",
  "bucket_logging",
  "bucket_logging_cleanup",
  "cloud_transition",
  "cloud_restore",
  "iam_account",
];

const SELECTION = [...FILES, "-m", `not (${LEFT_OUT_MARKS.join(" or ")})`];

/** The users that the suite works with, by the section of its configuration. */
const SECTIONS = ["s3 main", "s3 alt", "s3 tenant", "iam", "iam root", "iam alt root"];

const USERS: readonly SandboxUser[] = SECTIONS.map((section) => {
  const name = section.replaceAll(" ", "-");
  return { accessKeyId: `KEY-${name.toUpperCase()}`, secretAccessKey: `secret-of-${name}`, ownerId: name };
});

/** The missing prerequisites of the suite; `undefined` if it can run. */
function missingFor(suite: string | undefined, python: string): string | undefined {
  if (suite === undefined || suite === "") {
    return "BUCKETSEAL_S3_TESTS names no checkout of https://github.com/ceph/s3-tests";
  }
  if (!existsSync(join(suite, FILES[0] as string))) {
    return `BUCKETSEAL_S3_TESTS: there is no ${FILES[0]} in ${suite}: give a checkout of https://github.com/ceph/s3-tests`;
  }
  const packages = ["boto3", "dateutil", "isodate", "munch", "pytest", "pytz", "requests"];
  const look = `import importlib.util as u; print(*[n for n in ${JSON.stringify(packages)} if u.find_spec(n) is None])`;
  const { status, stdout, error } = spawnSync(python, ["-c", look], { encoding: "utf8" });
  if (error !== undefined || status !== 0) {
    return `${python} does not run: ${error?.message ?? `exit code ${status}`}`;
  }
  return stdout.trim() === "" ? undefined : `${python} lacks these packages of the suite: ${stdout.trim()}`;
}

/** The suite's configuration for a sandbox. */
function configuration({ endpoint }: Sandbox): string {
  const { hostname, port } = new URL(endpoint);
  const users = USERS.map(({ accessKeyId, secretAccessKey, ownerId }, index) => [
    `[${SECTIONS[index]}]`,
    `access_key = ${accessKeyId}`,
    `secret_key = ${secretAccessKey}`,
    `user_id = ${ownerId}`,
    `display_name = ${ownerId}`,
    `email = ${ownerId}@example.com`,
    // us-east-1 is the region that S3 names with nothing.
    "api_name =",
    "tenant =",
  ]);
  const lines = [["[DEFAULT]", `host = ${hostname}`, `port = ${port}`, "is_secure = False"], ...users].flat();
  return `${lines.join("\n")}\n`;
}

// Runs Ceph's s3-tests against the sandbox and compares with the list of expected failures: `npm run test:s3-tests`.
// Arguments after `--` go to pytest: `npm run test:s3-tests -- -k copy`. The last line is one plain line of counts.

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
    rmSync(scratch, { recursive: true, force: true, maxRetries: 10 });
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
