// npm run test:server -- ENDPOINT: everything that is tested on a server which somebody else runs, and a table of what came of it.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { closingCounts, type ServerReport, tableOf } from "./table.js";

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
  rmSync(folder, { recursive: true, force: true });
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
