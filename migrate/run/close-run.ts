import { UsageError } from "../errors.js";
import { readManifest } from "../evidence/manifest.js";
import { readEnvelope, signManifest } from "../evidence/signature.js";
import { writeManifest } from "../evidence/write-manifest.js";
import { restsOnUnsigned } from "../journal/input-records.js";
import { readJournal } from "../journal/read-journal.js";
import type { JournalRecord } from "../journal/record.js";
import { writeRunRecord } from "../journal/run-folder.js";
import type { RunRecord } from "../journal/run-record.js";
import {
  hashChunks,
  type PutFile,
  packedFor,
  putInto,
  type StagedFiles,
  stageFile,
  stageFiles,
} from "../journal/stage-files.js";
import type { Signer } from "../keys/signing-key.js";
import { type ReportFormatName, reportFiles } from "../report/formats.js";
import { type Lang, langOf } from "../report/language.js";
import { SUMMARY_FILE, type Summary, summaryText, writeSummary } from "../report/summary.js";
import { type Survey, survey } from "../report/survey.js";

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

interface CloseOptions {
  /** The language of the reports. @default the one that the run recorded */
  readonly lang?: Lang;
  readonly stage?: typeof stageFile;
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
  { lang = langOf(run), stage = stageFile }: CloseOptions = {},
): Promise<ClosedRun> {
  const files = await stageFiles(runDir, stage);
  try {
    const closed = await stageAll(runDir, run, formats, { lang, signer, files });
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
  { lang, signer, files }: { readonly lang: Lang; readonly signer: Signer | null; readonly files: StagedFiles },
): Promise<ClosedRun> {
  const { put } = files;
  const surveyed = await survey(readJournal(runDir), run.scopes, run);
  const { summary } = surveyed;
  await writeSummary(runDir, summary, put);
  await writeReports(runDir, { run, readJournal: () => readJournal(runDir), formats, lang }, put, surveyed);
  await writeRunRecord(runDir, run, put);
  const { manifest, sha256: manifestSha256 } = await writeManifest(runDir, files);
  if (signer !== null) await signManifest(runDir, { run, summary, manifest, manifestSha256 }, signer, { put });
  return { summary, seal: { manifestSha256, signedBy: signer?.keyid ?? null } };
}

export interface WriteReportsInput {
  /** As in run.json, including the end of its last session. */
  readonly run: RunRecord;
  /** Reads the journal from the beginning on each call. */
  readonly readJournal: () => AsyncIterable<JournalRecord>;
  readonly formats: readonly ReportFormatName[];
  /** @default the language that the run recorded */
  readonly lang?: Lang;
}

/** Writes each report atomically. The same run.json, journal and language give the same bytes. */
export async function writeReports(
  runDir: string,
  { run, readJournal, formats, lang = langOf(run) }: WriteReportsInput,
  put: PutFile = putInto(runDir),
  surveyed?: Survey,
): Promise<void> {
  const source = { run, lang, readJournal, survey: surveyed ?? (await survey(readJournal(), run.scopes, run)) };
  for (const { file, render } of reportFiles(formats)) await put(file, packedFor(file, render(source)));
}

/** The signatures, by key, that would no longer match the manifest if these reports were made again. */
export async function endedSignatures(
  runDir: string,
  run: RunRecord,
  formats: readonly ReportFormatName[],
  lang: Lang,
): Promise<readonly string[]> {
  const envelope = await readEnvelope(runDir);
  if (!envelope?.ok || !(await changesManifest(runDir, run, formats, lang))) return [];
  return envelope.value.signatures.map(({ keyid }) => keyid);
}

/** Makes the reports without writing them. */
async function changesManifest(
  runDir: string,
  run: RunRecord,
  formats: readonly ReportFormatName[],
  lang: Lang,
): Promise<boolean> {
  const { manifest } = await readManifest(runDir);
  const signed = new Map(manifest?.files.map(({ path, sha256 }) => [path, sha256]));
  const surveyed = await survey(readJournal(runDir), run.scopes, run);
  const source = { run, lang, survey: surveyed, readJournal: () => readJournal(runDir) };
  const made = [
    { file: SUMMARY_FILE, chunks: [summaryText(surveyed.summary)] },
    ...reportFiles(formats).map(({ file, render }) => ({ file, chunks: packedFor(file, render(source)) })),
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
