import { readJournal } from "../journal/read-journal.js";
import type { RunRecord } from "../journal/run-record.js";
import { writeManifest } from "../manifest/write-manifest.js";
import type { ReportFormatName } from "../report/report-formats.js";
import { summarise } from "../report/summarise.js";
import type { Summary } from "../report/summary.js";
import { writeReports } from "../report/write-reports.js";
import { writeSummary } from "../report/write-summary.js";
import type { Signer } from "../signature/parse-signing-key.js";
import { signManifest } from "../signature/sign-manifest.js";
import { writeRunRecord } from "./run-dir.js";

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

/** Writes all that is folded from the journal, the manifest, and the signature over it last. */
export async function closeRun(
  runDir: string,
  run: RunRecord,
  formats: readonly ReportFormatName[],
  signer: Signer | null = null,
): Promise<ClosedRun> {
  await writeRunRecord(runDir, run);
  const summary = await summarise(readJournal(runDir), run.scopes);
  await writeSummary(runDir, summary);
  await writeReports(runDir, { run, readJournal: () => readJournal(runDir), formats });
  const { manifest, sha256: manifestSha256 } = await writeManifest(runDir);
  if (signer !== null) await signManifest(runDir, { run, summary, manifest, manifestSha256 }, signer);
  return { summary, seal: { manifestSha256, signedBy: signer?.keyid ?? null } };
}
