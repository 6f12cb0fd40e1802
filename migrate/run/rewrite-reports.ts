import { RunError } from "../errors.js";
import type { RunRecord } from "../journal/run-record.js";
import { checkRun } from "../manifest/check-run.js";
import { type Finding, findingWords } from "../manifest/finding.js";
import { MANIFEST_FILE } from "../manifest/manifest.js";
import { type ReportFormatName, reportFiles } from "../report/report-formats.js";
import { SUMMARY_FILE } from "../report/write-summary.js";
import { TOOL_VERSION } from "../tool-version.js";
import { closeRun } from "./close-run.js";
import { readRunRecord } from "./run-dir.js";
import { createRunLock } from "./run-lock.js";

/** Made anew from the journal, so that what is wrong with them does not matter. */
const REWRITTEN: ReadonlySet<string> = new Set([
  SUMMARY_FILE,
  ...reportFiles().map(({ file }) => file),
]);

/** What a killed run leaves, as no change of its folder. */
const OF_A_KILL: ReadonlySet<Finding["kind"]> = new Set(["run-not-ended", "line-cut-off"]);

export interface Rewritten {
  /** Why the reports do not tell of all that the run was for: it was killed, and so was its last line. */
  readonly leftOut: readonly Finding[];
}

/**
 * Makes the reports of a run again, from its journal.
 *
 * @throws UsageError when the folder holds no run
 * @throws RunError when run.json or the journal is not what the manifest says: new reports would hide that
 */
export async function rewriteReports(runDir: string, formats: readonly ReportFormatName[]): Promise<Rewritten> {
  const run = await readRunRecord(runDir);
  const lock = createRunLock();
  await lock.take(runDir);
  try {
    return await rewrite(runDir, run, formats);
  } finally {
    await lock.release();
  }
}

async function rewrite(runDir: string, run: RunRecord, formats: readonly ReportFormatName[]): Promise<Rewritten> {
  const { findings } = await checkRun(runDir, { toolVersion: TOOL_VERSION });
  const reasons = findings.filter((finding) => !isMended(finding, run));
  if (reasons.length > 0) {
    const words = reasons.map(findingWords).join("; ");
    throw new RunError(
      `run folder "${runDir}" was changed since it was written, and new reports would hide that: ${words}`,
    );
  }
  await closeRun(runDir, run, formats);
  return { leftOut: findings.filter(({ kind }) => OF_A_KILL.has(kind)) };
}

function isMended({ kind, path }: Finding, run: RunRecord): boolean {
  if (REWRITTEN.has(path) || kind === "totals-open" || OF_A_KILL.has(kind)) return true;
  // A run that was killed has no manifest yet.
  return path === MANIFEST_FILE && kind === "manifest-missing" && run.sessions.at(-1)?.end === null;
}
