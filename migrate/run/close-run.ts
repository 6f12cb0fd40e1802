import { TOOL_VERSION, UsageError } from "../errors.js";
import { checkRun } from "../evidence/check-run.js";
import type { Finding } from "../evidence/finding.js";
import { readManifest } from "../evidence/manifest.js";
import { readEnvelope, signManifest } from "../evidence/signature.js";
import { writeManifest } from "../evidence/write-manifest.js";
import { stageFile } from "../journal/folder-files.js";
import { restsOnUnsigned } from "../journal/input-records.js";
import { readJournal } from "../journal/read-journal.js";
import type { JournalRecord } from "../journal/record.js";
import { readRunRecord, writeRunRecord } from "../journal/run-folder.js";
import { createRunLock } from "../journal/run-lock.js";
import type { RunRecord } from "../journal/run-record.js";
import { hashChunks, type PutFile, putInto, type StagedFiles, stageFiles } from "../journal/stage-files.js";
import { resolveSigner, type Signer, type SignOptions } from "../keys/signing-key.js";
import { type ReportFormatName, reportFiles } from "../report/formats.js";
import { SUMMARY_FILE, type Summary, summaryText, writeSummary } from "../report/summary.js";
import { summarise, survey } from "../report/survey.js";

/** The values that identify a run folder. */
export interface Seal {
  /** The SHA-256 of its manifest. Anyone who stores it elsewhere can recognise the folder later. */
  readonly manifestSha256: string;
  /** The SHA-256 of the public key that signed it; `null` if it is not signed. */
  readonly signedBy: string | null;
}

interface ClosedRun {
  readonly summary: Summary;
  readonly seal: Seal;
}

/**
 * Writes everything that is derived from the journal, run.json with the end of the run, the manifest, and its
 * signature. All files are on the disk before any is moved into place. If the disk is full, the run has not
 * ended and can be resumed.
 */
export async function closeRun(
  runDir: string,
  run: RunRecord,
  formats: readonly ReportFormatName[],
  signer: Signer | null = null,
  stage = stageFile,
): Promise<ClosedRun> {
  const files = await stageFiles(runDir, stage);
  try {
    const closed = await stageAll(runDir, run, formats, { signer, files });
    await files.commit();
    return closed;
  } finally {
    await files.discard();
  }
}

async function stageAll(
  runDir: string,
  run: RunRecord,
  formats: readonly ReportFormatName[],
  { signer, files }: { readonly signer: Signer | null; readonly files: StagedFiles },
): Promise<ClosedRun> {
  const { put } = files;
  const summary = await summarise(readJournal(runDir), run.scopes);
  await writeSummary(runDir, summary, put);
  await writeReports(runDir, { run, readJournal: () => readJournal(runDir), formats }, put);
  await writeRunRecord(runDir, run, put);
  const { manifest, sha256: manifestSha256 } = await writeManifest(runDir, files);
  if (signer !== null) await signManifest(runDir, { run, summary, manifest, manifestSha256 }, signer, put);
  return { summary, seal: { manifestSha256, signedBy: signer?.keyid ?? null } };
}

export interface WriteReportsInput {
  /** As in run.json, including the end of its last session. */
  readonly run: RunRecord;
  /** Reads the journal from the beginning on each call. */
  readonly readJournal: () => AsyncIterable<JournalRecord>;
  readonly formats: readonly ReportFormatName[];
}

/** Writes each report atomically. The same run.json and journal give the same bytes. */
export async function writeReports(
  runDir: string,
  { run, readJournal, formats }: WriteReportsInput,
  put: PutFile = putInto(runDir),
): Promise<void> {
  const source = { run, readJournal, survey: await survey(readJournal(), run.scopes) };
  for (const { file, render } of reportFiles(formats)) {
    await put(file, render(source));
  }
}

export type SignedRun =
  | { readonly kind: "signed"; readonly seal: Seal }
  /** The folder fails verification, so nobody should sign it. */
  | { readonly kind: "refused"; readonly findings: readonly Finding[] };

/**
 * Verifies a run folder and signs its manifest if there are no findings. Signatures of other keys stay.
 *
 * @throws UsageError if the folder contains no run, or the key cannot be used
 */
export async function signRun(runDir: string, options: SignOptions & { readonly sign: string }): Promise<SignedRun> {
  const problems: string[] = [];
  const signer = await resolveSigner(options, problems, "--key");
  if (signer === null) throw new UsageError(problems);
  refuseToSign(runDir, await readRunRecord(runDir), signer);
  const lock = createRunLock();
  await lock.take(runDir);
  try {
    return await checkAndSign(runDir, signer);
  } finally {
    await lock.release();
  }
}

async function checkAndSign(runDir: string, signer: Signer): Promise<SignedRun> {
  const { findings } = await checkRun(runDir, { toolVersion: TOOL_VERSION, locked: true });
  if (findings.length > 0) return { kind: "refused", findings };
  const { manifest, sha256 } = await readManifest(runDir);
  const run = await readRunRecord(runDir);
  if (manifest === null || sha256 === null) throw new Error("the manifest disappeared while it was checked");
  const summary = await summarise(readJournal(runDir), run.scopes);
  await signManifest(runDir, { run, summary, manifest, manifestSha256: sha256 }, signer);
  return { kind: "signed", seal: { manifestSha256: sha256, signedBy: signer.keyid } };
}

/** The signatures, by key, that would no longer match the manifest if these reports were made again. */
export async function endedSignatures(
  runDir: string,
  run: RunRecord,
  formats: readonly ReportFormatName[],
): Promise<readonly string[]> {
  const envelope = await readEnvelope(runDir);
  if (!envelope?.ok || !(await changesManifest(runDir, run, formats))) return [];
  return envelope.value.signatures.map(({ keyid }) => keyid);
}

/** Makes the reports without writing them. */
async function changesManifest(runDir: string, run: RunRecord, formats: readonly ReportFormatName[]): Promise<boolean> {
  const { manifest } = await readManifest(runDir);
  const signed = new Map(manifest?.files.map(({ path, sha256 }) => [path, sha256]));
  const surveyed = await survey(readJournal(runDir), run.scopes);
  const source = { run, survey: surveyed, readJournal: () => readJournal(runDir) };
  const made = [
    { file: SUMMARY_FILE, chunks: [summaryText(surveyed.summary)] },
    ...reportFiles(formats).map(({ file, render }) => ({ file, chunks: render(source) })),
  ];
  for (const { file, chunks } of made) {
    if ((await hashChunks(chunks)).sha256 !== signed.get(file)) return true;
  }
  return false;
}

/**
 * Throws if the run uses lines of a baseline that no given key had signed: a signature would vouch for them.
 */
export function refuseToSign(runDir: string, { baseline }: Pick<RunRecord, "baseline">, signer: Signer | null): void {
  if (signer === null || !restsOnUnsigned(baseline)) return;
  throw new UsageError([
    `run folder "${runDir}" cannot be signed: its audit used a baseline that no given key has signed. Audit again without --baseline, or with the --public-key FILE of the baseline's signer`,
  ]);
}
