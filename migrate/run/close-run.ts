import { signManifest } from "../evidence/signature.js";
import { writeManifest } from "../evidence/write-manifest.js";
import { stageFile } from "../journal/folder-files.js";
import { readJournal } from "../journal/read-journal.js";
import { writeRunRecord } from "../journal/run-folder.js";
import type { RunRecord } from "../journal/run-record.js";
import { type StagedFiles, stageFiles } from "../journal/stage-files.js";
import type { Signer } from "../keys/signing-key.js";
import { type ReportFormatName, writeReports, writeSummary } from "../report/formats.js";
import type { Summary } from "../report/summary.js";
import { summarise } from "../report/summary-fold.js";

/** What a run folder is known by. */
export interface Seal {
  /** The SHA-256 of its manifest: whoever keeps it elsewhere knows the folder again. */
  readonly manifestSha256: string;
  /** The SHA-256 of the public key that signed it; `null` where none did. */
  readonly signedBy: string | null;
}

export interface ClosedRun {
  readonly summary: Summary;
  readonly seal: Seal;
}

/**
 * Writes all that is folded from the journal, run.json with the end of the run, the manifest, and the signature over it. Nothing is in
 * its place before all of it is on the disk: a disk that is full leaves a run that has not ended, and can go on.
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
