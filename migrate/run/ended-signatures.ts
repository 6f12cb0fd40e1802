import { readManifest } from "../evidence/manifest.js";
import { readEnvelope } from "../evidence/signature.js";
import { readJournal } from "../journal/read-journal.js";
import type { RunRecord } from "../journal/run-record.js";
import { hashChunks } from "../journal/stage-files.js";
import { type ReportFormatName, reportFiles, SUMMARY_FILE, summaryText } from "../report/formats.js";
import { survey } from "../report/summary-fold.js";

/** By key, the signatures that would no longer be over the manifest once these reports were made again. */
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
