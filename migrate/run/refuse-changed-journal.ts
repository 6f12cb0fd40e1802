import { RunError } from "../errors.js";
import { checkIntegrity } from "../evidence/check-files.js";
import { type Finding, findingWords } from "../evidence/finding.js";
import { readManifest } from "../evidence/manifest.js";
import { segmentsAmong } from "../journal/read-journal.js";
import { listFiles } from "../journal/run-folder.js";

/**
 * Throws where a journal is not as its last session left it: what is written behind a change would vouch for it. A run that was
 * killed left no manifest; there the segments speak of one another.
 */
export async function refuseChangedJournal(runDir: string): Promise<void> {
  const { manifest, findings: ofManifest } = await readManifest(runDir);
  const { files, others } = await listFiles(runDir);
  const segments = await segmentsAmong(runDir, files);
  const { findings } = await checkIntegrity(runDir, { manifest, findings: [] }, segments);
  const reasons: readonly Finding[] = [
    ...ofManifest.filter(({ kind }) => kind !== "manifest-missing"),
    ...others.map((other) => ({ kind: "file-extra", ...other }) as const),
    ...findings,
  ];
  if (reasons.length === 0) return;
  throw new RunError(
    `run folder "${runDir}" was changed since it was written, and going on would hide that: ${reasons.map(findingWords).join("; ")}; bucketseal verify tells more. Start a new run in another folder: what is encrypted already is left alone`,
  );
}
