import { createHash } from "node:crypto";
import { join } from "node:path";
import { UsageError } from "../errors.js";
import { type Finding, findingWords } from "../evidence/finding.js";
import { readManifest } from "../evidence/manifest.js";
import { checkSignature } from "../evidence/signature.js";
import { readIfThere } from "../journal/folder-files.js";
import { RUN_FILE, type RunRecord } from "../journal/run-record.js";
import type { PublicKey } from "../keys/public-key.js";

/**
 * Credentials and customer keys go to nobody but an endpoint that the caller gave, or that stands in a run folder which a given key
 * signed: a folder or a file may come from somebody who wants them.
 */

interface Named {
  readonly endpoint?: string | undefined;
  readonly provider?: string | undefined;
}

export function isPlaceGiven({ endpoint, provider }: Named): boolean {
  return endpoint !== undefined || provider !== undefined;
}

/** Throws unless the place of a run was given, or a key of these signed the folder that names it. */
export async function refuseUnvouchedPlace(
  runDir: string,
  { endpoint }: Pick<RunRecord, "endpoint">,
  { given, publicKeys }: { readonly given: Named; readonly publicKeys: readonly PublicKey[] },
): Promise<void> {
  if (isPlaceGiven(given)) return;
  if (publicKeys.length === 0) throw new UsageError([unvouchedProblem(`run folder "${runDir}"`, endpoint)]);
  const findings = await findingsOf(runDir, publicKeys);
  if (findings.length === 0) return;
  throw new UsageError([
    `run folder "${runDir}" names the endpoint ${endpoint}, and the key that was given does not vouch for it (${findings.map(findingWords).join("; ")}): give --endpoint or --provider`,
  ]);
}

/** Of where credentials would go by somebody else's word. */
export function unvouchedProblem(source: string, endpoint: string): string {
  return `${source} names the endpoint ${endpoint}, and credentials and keys go only where you say: give --endpoint URL or --provider NAME yourself, or --public-key FILE of whoever signed the run folder`;
}

/** What keeps a signature from vouching for run.json. */
async function findingsOf(runDir: string, publicKeys: readonly PublicKey[]): Promise<readonly Finding[]> {
  const { manifest, sha256, findings } = await readManifest(runDir);
  const signed = await checkSignature(runDir, sha256, publicKeys);
  const run = await readIfThere(join(runDir, RUN_FILE));
  const is = run && createHash("sha256").update(run).digest("hex");
  const said = manifest?.files.find(({ path }) => path === RUN_FILE)?.sha256;
  const problem = `SHA-256 ${is} now, ${said} there`;
  const ofRun: Finding[] = is === said ? [] : [{ kind: "file-changed", path: RUN_FILE, problem }];
  return [...findings, ...signed.findings, ...ofRun];
}
