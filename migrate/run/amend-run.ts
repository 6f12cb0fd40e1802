import { holdsSecret, SECRET_IN_ENDPOINT, withoutQuery } from "../../providers/index.js";
import { RunError, TOOL_VERSION, UsageError } from "../errors.js";
import { checkRun } from "../evidence/check-run.js";
import { type Finding, findingWords, isOfStop } from "../evidence/finding.js";
import { readManifest } from "../evidence/manifest.js";
import { signManifest } from "../evidence/signature.js";
import type { Stamp } from "../evidence/statement.js";
import { readJournal } from "../journal/read-journal.js";
import { MANIFEST_FILE, readRunRecord } from "../journal/run-folder.js";
import { createRunLock } from "../journal/run-lock.js";
import type { RunRecord } from "../journal/run-record.js";
import { resolveSigner, type Signer, type SignOptions } from "../keys/signing-key.js";
import { resolveNetwork } from "../options/place.js";
import type { NetworkOptions } from "../options/run-options.js";
import { type ReportFormatName, reportFiles } from "../report/formats.js";
import { type Lang, langOf } from "../report/language.js";
import { SUMMARY_FILE } from "../report/summary.js";
import { summarise } from "../report/survey.js";
import { closeRun, endedSignatures, refuseToSign, type Seal } from "./close-run.js";

export interface RewriteOptions extends SignOptions {
  /**
   * The language of `report.html` and `report.md`.
   * @default the one that the run recorded, otherwise "en"
   */
  readonly lang?: Lang | undefined;
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
    const { lang = langOf(run), dropSignature = false } = options;
    return await rewrite(runDir, run, { formats, lang, signer, dropSignature });
  } finally {
    await lock.release();
  }
}

interface Rewrite {
  readonly formats: readonly ReportFormatName[];
  readonly lang: Lang;
  readonly signer: Signer | null;
  readonly dropSignature: boolean;
}

async function rewrite(
  runDir: string,
  run: RunRecord,
  { formats, lang, signer, dropSignature }: Rewrite,
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
  const ended = await endedSignatures(runDir, run, formats, lang);
  const dropped = ended.filter((keyid) => keyid !== signer?.keyid);
  if (dropped.length > 0 && !dropSignature) throw new UsageError([lostWords(runDir, dropped)]);
  const { seal } = await closeRun(runDir, run, formats, signer, { lang });
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

export type SignedRun =
  | { readonly kind: "signed"; readonly seal: Seal }
  /** The folder fails verification, so nobody should sign it. */
  | { readonly kind: "refused"; readonly findings: readonly Finding[] };

export interface SignRunOptions extends SignOptions {
  readonly sign: string;
  /**
   * The URL of a time-stamping authority (RFC 3161), over HTTP or HTTPS. It is asked for a time stamp of the signature
   * and learns its SHA-256. Nothing else is sent anywhere.
   * @default none: the signature has no time stamp
   */
  readonly timestampUrl?: string | undefined;
  /** Proxies and certificates on the way to it. */
  readonly network?: NetworkOptions | undefined;
}

/**
 * Verifies a run folder and signs its manifest if there are no findings. Signatures of other keys stay.
 *
 * @throws UsageError if the folder contains no run, or the key or the URL cannot be used
 * @throws RunError if the authority sends no usable time stamp; the folder is then left unchanged
 */
export async function signRun(runDir: string, options: SignRunOptions): Promise<SignedRun> {
  const problems: string[] = [];
  const signer = await resolveSigner(options, problems, "--key");
  const stamp = await resolveStamp(options, problems);
  if (signer === null || problems.length > 0) throw new UsageError(problems);
  refuseToSign(runDir, await readRunRecord(runDir), signer);
  const lock = createRunLock();
  await lock.take(runDir);
  try {
    return await checkAndSign(runDir, signer, stamp);
  } finally {
    await lock.release();
  }
}

async function resolveStamp(
  { timestampUrl: url, network: given }: SignRunOptions,
  problems: string[],
): Promise<Stamp | undefined> {
  if (url === undefined) return undefined;
  if (holdsSecret(url)) {
    problems.push(`--timestamp-url: ${SECRET_IN_ENDPOINT}`);
    return undefined;
  }
  const protocol = URL.canParse(url) ? new URL(url).protocol : "";
  if (protocol !== "http:" && protocol !== "https:") {
    const shown = withoutQuery(url);
    problems.push(
      `--timestamp-url: "${shown}" is no URL of a time-stamping authority: give one with http:// or https://`,
    );
    return undefined;
  }
  const network = await resolveNetwork({ network: given }, { endpoint: url }, problems);
  const { requestTimestamp } = await import("../evidence/request-timestamp.js");
  return (bytes) => requestTimestamp(url, bytes, network);
}

async function checkAndSign(runDir: string, signer: Signer, stamp: Stamp | undefined): Promise<SignedRun> {
  const { findings } = await checkRun(runDir, { toolVersion: TOOL_VERSION, locked: true });
  if (findings.length > 0) return { kind: "refused", findings };
  const { manifest, sha256 } = await readManifest(runDir);
  const run = await readRunRecord(runDir);
  if (manifest === null || sha256 === null) throw new Error("the manifest disappeared while it was checked");
  const summary = await summarise(readJournal(runDir), run.scopes, run);
  await signManifest(runDir, { run, summary, manifest, manifestSha256: sha256 }, signer, { stamp });
  return { kind: "signed", seal: { manifestSha256: sha256, signedBy: signer.keyid } };
}
