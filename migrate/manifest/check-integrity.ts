import { isInJournal, JOURNAL_FOLDER } from "../journal/read-journal.js";
import { readChain } from "../journal/segment-chain.js";
import type { FilesCheck } from "./check-files.js";
import { checkLines } from "./check-lines.js";
import { checkTree } from "./check-tree.js";
import type { Finding } from "./finding.js";
import { LEAVES_FILE, type Manifest } from "./manifest.js";
import type { SkippedCheck } from "./run-check.js";

export interface IntegrityCheck {
  readonly findings: readonly Finding[];
  readonly skipped: readonly SkippedCheck[];
}

/** Does the journal hold together, is it what the manifest's tree was made of, and if not, which lines are not? */
export async function checkIntegrity(
  runDir: string,
  { manifest, findings }: Pick<FilesCheck, "manifest" | "findings">,
  segments: readonly string[],
): Promise<IntegrityCheck> {
  const wrong = new Set(findings.map(({ path }) => path));
  // A link in the place of the journal's folder is a finding already, and is not followed.
  const { breaks } = segments.length === 0 ? NO_CHAIN : await readChain(runDir);
  const ofChain = breaks
    .map(({ segment, problem }) => ({ kind: "chain-broken", path: `${JOURNAL_FOLDER}/${segment}`, problem }) as const)
    // What the manifest has told of needs no second witness.
    .filter(({ path }) => !wrong.has(path));
  const ofTree = manifest === null ? NOTHING : await compareWithTree(runDir, manifest, { findings, segments });
  return { findings: [...ofChain, ...ofTree.findings], skipped: ofTree.skipped };
}

const NO_CHAIN = { breaks: [] };
const NOTHING: IntegrityCheck = { findings: [], skipped: [] };

interface Found {
  readonly findings: readonly Finding[];
  readonly segments: readonly string[];
}

async function compareWithTree(
  runDir: string,
  manifest: Manifest,
  { findings, segments }: Found,
): Promise<IntegrityCheck> {
  if (!findings.some(({ path }) => isInJournal(path))) {
    return { findings: await checkTree(runDir, manifest, segments), skipped: [] };
  }
  if (findings.some(({ path }) => path === LEAVES_FILE)) {
    const because = `${LEAVES_FILE}, which would name them, is not what the manifest says either`;
    return { findings: [], skipped: [{ check: "lines", because }] };
  }
  // One that holds what another one held was put in its place as a whole.
  const changed = findings.flatMap((finding) =>
    finding.kind === "file-changed" && finding.holds === undefined ? [finding.path] : [],
  );
  return { findings: await checkLines(runDir, manifest.journal, new Set(changed)), skipped: [] };
}
