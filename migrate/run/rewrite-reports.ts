import { RunError, TOOL_VERSION, UsageError } from "../errors.js";
import { checkRun } from "../evidence/check-run.js";
import { type Finding, findingWords, isOfStop } from "../evidence/finding.js";
import { MANIFEST_FILE, readRunRecord } from "../journal/run-folder.js";
import { createRunLock } from "../journal/run-lock.js";
import type { RunRecord } from "../journal/run-record.js";
import { resolveSigner, type Signer, type SignOptions } from "../keys/signing-key.js";
import { type ReportFormatName, reportFiles } from "../report/formats.js";
import { SUMMARY_FILE } from "../report/summary.js";
import { closeRun, endedSignatures, refuseToSign, type Seal } from "./close-run.js";

export interface RewriteOptions extends SignOptions {
  /**
   * Drops signatures that do not match the new reports.
   * @default false: such reports are not made
   */
  readonly dropSignature?: boolean | undefined;
}

export interface Rewritten {
  /** Why the reports do not cover the whole run: the run was killed, or its last line was cut off. */
  readonly leftOut: readonly Finding[];
  /** The keys whose signatures were dropped. */
  readonly dropped: readonly string[];
  readonly seal: Seal;
}

/**
 * Makes the reports of a run again from its journal, and the manifest over them. Signatures stay if the
 * manifest is unchanged.
 *
 * @throws UsageError if the folder contains no run, the signing key cannot be used, or a signature would be
 * dropped without permission
 * @throws RunError if run.json or the journal differs from the manifest: new reports would hide that
 */
export async function rewriteReports(
  runDir: string,
  formats: readonly ReportFormatName[],
  options: RewriteOptions = {},
): Promise<Rewritten> {
  const problems: string[] = [];
  const signer = await resolveSigner(options, problems);
  if (problems.length > 0) throw new UsageError(problems);
  const run = await readRunRecord(runDir);
  refuseToSign(runDir, run, signer);
  const lock = createRunLock();
  await lock.take(runDir);
  try {
    return await rewrite(runDir, run, { formats, signer, dropSignature: options.dropSignature === true });
  } finally {
    await lock.release();
  }
}

interface Rewrite {
  readonly formats: readonly ReportFormatName[];
  readonly signer: Signer | null;
  readonly dropSignature: boolean;
}

async function rewrite(
  runDir: string,
  run: RunRecord,
  { formats, signer, dropSignature }: Rewrite,
): Promise<Rewritten> {
  const { findings } = await checkRun(runDir, { toolVersion: TOOL_VERSION, locked: true });
  const rewritten = new Set([SUMMARY_FILE, ...reportFiles(formats).map(({ file }) => file)]);
  const reasons = findings.filter((finding) => !isMended(finding, run, rewritten));
  if (reasons.length > 0) {
    const words = reasons.map(findingWords).join("; ");
    throw new RunError(
      `run folder "${runDir}" was changed since it was written, and new reports would hide that: ${words}`,
    );
  }
  const ended = await endedSignatures(runDir, run, formats);
  const dropped = ended.filter((keyid) => keyid !== signer?.keyid);
  if (dropped.length > 0 && !dropSignature) throw new UsageError([lostWords(runDir, dropped)]);
  const { seal } = await closeRun(runDir, run, formats, signer);
  return { leftOut: findings.filter(isOfStop), dropped, seal };
}

/** `rewritten` is made again from the journal, so its findings do not matter. */
function isMended(finding: Finding, run: RunRecord, rewritten: ReadonlySet<string>): boolean {
  const { kind, path } = finding;
  if (rewritten.has(path) || kind === "totals-open" || isOfStop(finding)) return true;
  // A run that was killed has no manifest yet.
  return path === MANIFEST_FILE && kind === "manifest-missing" && run.sessions.at(-1)?.end === null;
}

function lostWords(runDir: string, keyids: readonly string[]): string {
  return `run folder "${runDir}" is signed by ${keyids.join(", ")}, and the new reports would differ from the signed ones: keep a copy of the folder, and give --drop-signature, with --sign to sign the new reports`;
}
