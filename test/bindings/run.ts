// Runs the construct tests with other packages than those of package.json, in a folder of their own: `tsx test/bindings/run.ts cdktn`.
// It closes, as test/run.ts does, with one plain line of counts.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { closingLine, type TestReport } from "../closing-line.js";
import { BINDINGS, BINDINGS_VARIABLE, copySources, isBindingsName, linkOtherPackages, TRIED } from "./bindings.js";

const REPORT_FILE = ".test-result.json";
const TESTS = TRIED.filter((path) => path.startsWith("test/"));
const REPORTERS = ["--reporter=default", "--reporter=json", `--outputFile.json=${REPORT_FILE}`];

const root = fileURLToPath(new URL("../..", import.meta.url));
const name = process.argv[2];
if (!isBindingsName(name)) {
  process.stderr.write(`there are no bindings "${name ?? ""}"; name one of ${Object.keys(BINDINGS).join(", ")}\n`);
  process.exit(2);
}

const packages = Object.entries(BINDINGS[name]).map(([as, what]) => `${as}@${what}`);
const folder = realpathSync(mkdtempSync(join(tmpdir(), `bucketseal-${name}-`)));
process.stdout.write(`${packages.join("  ")}\n`);
try {
  copySources(root, folder);
  process.exitCode = install() || check("tsc", "-p", "tsconfig.json") || check("vitest", "run", ...TESTS, ...REPORTERS);
  process.stdout.write(`${closingLine(readReport(), process.exitCode)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
}

function install(): number {
  const status = step("npm", [
    "install",
    "--no-audit",
    "--no-fund",
    "--ignore-scripts",
    "--loglevel=error",
    ...packages,
  ]);
  if (status === 0) linkOtherPackages(root, folder);
  return status;
}

function check(program: string, ...args: readonly string[]): number {
  return step(join(folder, "node_modules", ".bin", program), args);
}

/** The exit code of one step; what it prints is seen. */
function step(program: string, args: readonly string[]): number {
  const env = { ...process.env, CI: "1", [BINDINGS_VARIABLE]: name };
  const { status, error } = spawnSync(program, args, { cwd: folder, stdio: "inherit", env });
  if (error !== undefined) process.stderr.write(`${program}: ${error.message}\n`);
  return status ?? 1;
}

function readReport(): TestReport | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, REPORT_FILE), "utf8")) as TestReport;
  } catch {
    return undefined;
  }
}
