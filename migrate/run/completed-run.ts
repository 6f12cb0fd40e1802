import { RunError } from "../errors.js";
import { checkRun } from "../evidence/check-run.js";
import { findingWords, isOfStop } from "../evidence/finding.js";
import { readJournal } from "../journal/read-journal.js";
import { readRunRecord } from "../journal/run-folder.js";
import type { GivenOptions } from "../options/run-options.js";
import { summarise } from "../report/summary-fold.js";
import { verdict } from "../report/verdict.js";
import { TOOL_VERSION } from "../tool-version.js";
import type { RunResult } from "./execute-run.js";
import { type Command, refuseOtherRun } from "./session.js";

/**
 * What a run that came to its end already found, where one is to be gone on with: its folder is left byte for byte. `null` where it did not,
 * or could not see all of its locations: those are tried again.
 *
 * @throws RunError where the folder was changed since
 */
export async function completedRun(command: Command, given: GivenOptions): Promise<RunResult | null> {
  const { out: runDir, resume } = given;
  if (!resume || runDir === undefined) return null;
  const run = await readRunRecord(runDir);
  if (run.sessions.at(-1)?.end !== "complete") return null;
  refuseOtherRun(command, given, run);
  const { findings, seal } = await checkRun(runDir, { toolVersion: TOOL_VERSION });
  // A kill between the last two files.
  if (findings.some(({ kind }) => kind === "manifest-missing")) return null;
  const changed = findings.filter((finding) => !isOfStop(finding));
  if (changed.length > 0) {
    throw new RunError(
      `run folder "${runDir}" is of a run that is complete, and was changed since it was written: ${changed.map(findingWords).join("; ")}; bucketseal verify tells more, and bucketseal report makes reports again`,
    );
  }
  const { manifestSha256, signature } = seal;
  const [signedBy = null] = "keyids" in signature ? signature.keyids : [];
  const summary = await summarise(readJournal(runDir), run.scopes);
  if (summary.total.notSeen !== undefined) return null;
  const sealed = { manifestSha256: manifestSha256 ?? "", signedBy };
  return { run, summary, verdict: verdict(summary, run), runDir, seal: sealed, wasComplete: true };
}
