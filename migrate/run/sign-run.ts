import { UsageError } from "../errors.js";
import { checkRun } from "../evidence/check-run.js";
import type { Finding } from "../evidence/finding.js";
import { readManifest } from "../evidence/manifest.js";
import { signManifest } from "../evidence/signature.js";
import { readJournal } from "../journal/read-journal.js";
import { readRunRecord } from "../journal/run-folder.js";
import { createRunLock } from "../journal/run-lock.js";
import { resolveSigner, type Signer, type SignOptions } from "../keys/signing-key.js";
import { summarise } from "../report/summary-fold.js";
import { TOOL_VERSION } from "../tool-version.js";
import type { Seal } from "./close-run.js";
import { refuseToSign } from "./refuse-to-sign.js";

export type SignedRun =
  | { readonly kind: "signed"; readonly seal: Seal }
  /** The folder does not hold, and nobody should put a name to it. */
  | { readonly kind: "refused"; readonly findings: readonly Finding[] };

/**
 * Checks a run folder, and signs its manifest where nothing is wrong with it. Signatures of other keys stay.
 *
 * @throws UsageError when the folder holds no run, or the key cannot be used
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
  if (manifest === null || sha256 === null) throw new Error("the manifest went while it was checked");
  const summary = await summarise(readJournal(runDir), run.scopes);
  await signManifest(runDir, { run, summary, manifest, manifestSha256: sha256 }, signer);
  return { kind: "signed", seal: { manifestSha256: sha256, signedBy: signer.keyid } };
}
