import { join } from "node:path";
import { TOOL_VERSION, UsageError } from "../errors.js";
import { readWhole } from "../journal/folder-files.js";
import { isInJournal } from "../journal/read-journal.js";
import { MANIFEST_FILE, readRunRecord } from "../journal/run-folder.js";
import type { RunRecord } from "../journal/run-record.js";
import { hashFile } from "../journal/stage-files.js";
import type { PublicKey } from "../keys/public-key.js";
import { parseAs } from "../model/parse.js";
import { checkRun, digestOfRun } from "./check-run.js";
import { findingWords } from "./finding.js";
import { type ManifestEntry, manifestSchema } from "./manifest.js";

const MAX_FINDINGS = 5;

/** A run folder that is verified to be complete and unmodified. */
export interface VerifiedFolder {
  readonly runDir: string;
  readonly run: RunRecord;
  /** Paths in the folder, in journal order. */
  readonly segments: readonly string[];
  /** Its `digestOfRun`. */
  readonly digest: string;
  /** Throws if a verified file has changed since. */
  readonly checkUnchanged: () => Promise<void>;
}

/**
 * Opens a run folder as evidence, after verifying that it is unmodified and consistent, and that each of the
 * keys has signed it. `what` names the option that the folder was given with, for example `--baseline`.
 *
 * @throws UsageError otherwise
 */
export async function openVerifiedFolder(
  runDir: string,
  what: string,
  publicKeys: readonly PublicKey[] = [],
): Promise<VerifiedFolder> {
  const run = await readRunRecord(runDir).catch((error: unknown) => {
    throw error instanceof UsageError ? new UsageError(error.problems.map((problem) => `${what}: ${problem}`)) : error;
  });
  const { findings } = await checkRun(runDir, { toolVersion: TOOL_VERSION, publicKeys });
  if (findings.length > 0) {
    const words = findings.slice(0, MAX_FINDINGS).map(findingWords);
    const more = findings.length > MAX_FINDINGS ? ` and ${findings.length - MAX_FINDINGS} more` : "";
    throw new UsageError([`${what}: "${runDir}" is not intact (${words.join("; ")}${more}): ${NOT_RELIED_ON}`]);
  }
  const files = await filesOfManifest(runDir);
  const evidence = files.filter(({ path }) => isInJournal(path));
  const checkUnchanged = async () => {
    for (const { path, sha256 } of evidence) {
      if ((await hashFile(join(runDir, path))).sha256 === sha256) continue;
      throw new UsageError([`${what}: ${path} in "${runDir}" was changed while it was read: ${NOT_RELIED_ON}`]);
    }
  };
  return { runDir, run, segments: evidence.map(({ path }) => path), digest: digestOfRun(files), checkUnchanged };
}

const NOT_RELIED_ON = "give a run folder that `bucketseal verify` finds intact";

async function filesOfManifest(runDir: string): Promise<readonly ManifestEntry[]> {
  const parsed = parseAs(manifestSchema, (await readWhole(join(runDir, MANIFEST_FILE))).toString("utf8"));
  if (!parsed.ok) throw new Error(`${MANIFEST_FILE} of "${runDir}" cannot be read: ${parsed.problem}`);
  return parsed.value.files;
}
