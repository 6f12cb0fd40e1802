import { createHash, type X509Certificate } from "node:crypto";
import { join } from "node:path";
import { readIfThere } from "../journal/folder-files.js";
import { isInJournal, segmentsAmong } from "../journal/read-journal.js";
import { LAYOUT, RUN_FILE, type RunRecord, runRecordSchema } from "../journal/run-record.js";
import type { PublicKey } from "../keys/public-key.js";
import { parseAs } from "../model/parse.js";
import { type Survey, survey } from "../report/survey.js";
import { checkFiles, checkIntegrity, type FilesCheck, type IntegrityCheck } from "./check-files.js";
import { checkJournal } from "./check-journal.js";
import { checkReports, checkSummary, checkTotals } from "./check-reports.js";
import type { Finding, RunCheck, SkippedCheck } from "./finding.js";
import type { ManifestEntry } from "./manifest.js";
import { type CheckedSignature, checkSignature } from "./signature.js";

export interface CheckRunOptions {
  /** The running version: another version may render a report differently. */
  readonly toolVersion: string;
  /** Each of them must have signed the manifest; see `readPublicKey`. */
  readonly publicKeys?: readonly PublicKey[];
  /** Certificates of time-stamping authorities: one of them must vouch for a time stamp of each of these signatures. */
  readonly authorities?: readonly X509Certificate[] | undefined;
  /**
   * Whether the caller holds the folder's lock.
   * @default false
   */
  readonly locked?: boolean;
}

interface Contents extends FilesCheck {
  /** In journal order. */
  readonly segments: readonly string[];
  readonly integrity: IntegrityCheck;
  readonly signed: CheckedSignature;
  readonly runDir: string;
  readonly run: RunRecord;
  readonly toolVersion: string;
}

/**
 * Checks that a run folder is complete, unmodified and consistent. Reads every file and writes none.
 *
 * It detects every change that was not made consistently in all files and in the manifest. A consistent
 * change is only detectable with a copy of the manifest that is kept elsewhere, or by a signature over the
 * manifest.
 */
export async function checkRun(runDir: string, options: CheckRunOptions): Promise<RunCheck> {
  const { toolVersion, publicKeys = [], authorities, locked = false } = options;
  const files = await checkFiles(runDir);
  const found = { ...files, findings: files.findings.filter(({ kind }) => !locked || kind !== "lock-left") };
  const { manifestSha256 } = found;
  const segments = await segmentsAmong(runDir, found.files);
  const integrity = await checkIntegrity(runDir, found, segments);
  const signed = await checkSignature(runDir, manifestSha256, { publicKeys, authorities });
  const run = await readRun(runDir);
  if ("kind" in run) {
    return {
      findings: withoutRepeats([...found.findings, ...signed.findings, ...integrity.findings, run]),
      skipped: [...integrity.skipped, ...skipBoth(`${RUN_FILE} cannot be read`)],
      checked: { files: found.files.length, journalLines: 0 },
      seal: { manifestSha256, signature: signed.signature, timestamps: signed.timestamps },
    };
  }
  return checkContents({ ...found, runDir, segments, integrity, signed, run, toolVersion });
}

async function checkContents(contents: Contents): Promise<RunCheck> {
  const { runDir, segments, run, files, findings, integrity, signed } = contents;
  const journal = checkJournal(runDir, segments, run);
  const surveyed = await survey(journal.records, run.scopes, run);
  const { lines, findings: ofLines, unreadable } = journal.found();
  const checked = { files: files.length, journalLines: lines };
  const { signature, timestamps } = signed;
  const seal = { manifestSha256: contents.manifestSha256, signature, timestamps };
  const notEnded = endOf(run);
  if (notEnded?.kind === "run-not-ended" && findings.some(({ kind }) => kind === "manifest-missing")) {
    const others = findings.filter(({ kind }) => kind !== "manifest-missing");
    return {
      findings: [notEnded, ...others, ...signed.findings, ...integrity.findings, ...ofLines],
      skipped: skipBoth("they are made when the run ends"),
      checked,
      seal,
    };
  }
  const doubt = unreadable > 0 ? "the journal has lines that cannot be read" : sourceProblem(findings);
  const derived = doubt === undefined ? await checkDerived(contents, surveyed) : skipBothOnly(doubt);
  return {
    findings: withoutRepeats([
      ...(notEnded === null ? [] : [notEnded]),
      ...findings,
      ...signed.findings,
      ...integrity.findings,
      ...ofLines,
      // Totals add up only once the run is complete.
      ...(notEnded === null ? checkTotals(surveyed.summary) : []),
      ...derived.findings,
    ]),
    skipped: [...integrity.skipped, ...derived.skipped],
    checked,
    seal,
  };
}

async function checkDerived(contents: Contents, surveyed: Survey): Promise<Pick<RunCheck, "findings" | "skipped">> {
  const { runDir, segments, run, files, findings, toolVersion, manifest, signed } = contents;
  const ofStatement = manifest === null ? [] : signed.compareWith({ run, summary: surveyed.summary, manifest });
  const ofSummary = [...ofStatement, ...(await checkSummary(runDir, run, surveyed.summary))];
  const because = madeElsewhere(run, toolVersion);
  if (because !== null) return { findings: ofSummary, skipped: [{ check: "reports", because }] };
  const changed = new Set(findings.map(({ path }) => path));
  const readJournal = () => checkJournal(runDir, segments, run).records;
  const unchanged = files.filter((path) => !changed.has(path));
  const ofReports = await checkReports(runDir, unchanged, { run, survey: surveyed, readJournal });
  return { findings: [...ofSummary, ...ofReports], skipped: [] };
}

/** Why this build would render the reports differently; `null` if it renders the same. */
function madeElsewhere({ tool }: RunRecord, toolVersion: string): string | null {
  const by = `${tool.name} ${tool.version}`;
  if (tool.version !== toolVersion) return `they were made by ${by}, and this is ${toolVersion}`;
  return tool.layout === LAYOUT ? null : `they were made by another build of ${by}`;
}

/** The run was stopped, or was killed and left neither manifest nor reports. That is no sign of tampering. */
function endOf({ command, sessions }: RunRecord): Finding | null {
  const end = sessions.at(-1)?.end ?? null;
  if (end === "complete") return null;
  return end === null
    ? { kind: "run-not-ended", path: RUN_FILE, command }
    : { kind: "run-stopped", path: RUN_FILE, command, end };
}

/**
 * If run.json or the journal was changed, a difference in the summary and reports proves nothing about these.
 */
function sourceProblem(findings: readonly Finding[]): string | undefined {
  const source = findings.find(({ path }) => path === RUN_FILE || isInJournal(path));
  return source && `${source.path} differs from the manifest`;
}

function skipBoth(because: string): SkippedCheck[] {
  return [
    { check: "summary", because },
    { check: "reports", because },
  ];
}

function skipBothOnly(because: string): Pick<RunCheck, "findings" | "skipped"> {
  return { findings: [], skipped: skipBoth(because) };
}

function withoutRepeats(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((finding) => [JSON.stringify(finding), finding])).values()];
}

/**
 * Identifies the evidence of a run: its journal and run.json. Reports may be rendered again, which changes
 * the manifest but not this digest. Equals the output of `sha256sum journal/*.ndjson run.json | sha256sum` in
 * the run folder.
 */
export function digestOfRun(files: readonly ManifestEntry[]): string {
  const evidence = files.filter(({ path }) => path === RUN_FILE || isInJournal(path));
  const hash = createHash("sha256");
  for (const { path, sha256 } of evidence.toSorted((left, right) => (left.path < right.path ? -1 : 1))) {
    hash.update(`${sha256}  ${path}\n`);
  }
  return hash.digest("hex");
}

export async function readRun(runDir: string): Promise<RunRecord | Finding> {
  const bytes = await readIfThere(join(runDir, RUN_FILE));
  if (bytes === undefined) {
    return { kind: "file-missing", path: RUN_FILE };
  }
  const run = parseAs(runRecordSchema, bytes.toString("utf8"));
  return run.ok ? run.value : { kind: "file-invalid", path: RUN_FILE, problem: run.problem };
}
