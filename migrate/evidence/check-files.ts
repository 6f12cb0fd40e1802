import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { isPartName } from "../journal/folder-files.js";
import { isInJournal, JOURNAL_FOLDER } from "../journal/read-journal.js";
import { listFiles, MANIFEST_FILE } from "../journal/run-folder.js";
import { isLock } from "../journal/run-lock.js";
import { readChain } from "../journal/segment-chain.js";
import { hashChunks, hashFile } from "../journal/stage-files.js";
import { countOf, formatCount } from "../model/text.js";
import { checkLines } from "./compare-lines.js";
import type { Finding, SkippedCheck } from "./finding.js";
import { firstDifference } from "./journal-tree.js";
import { LEAVES_FILE, type Manifest, type ManifestEntry, readManifest } from "./manifest.js";
import { treeOfJournal } from "./write-manifest.js";

export interface FilesCheck {
  readonly files: readonly string[];
  readonly findings: readonly Finding[];
  /** `null` if there is no readable manifest. */
  readonly manifest: Manifest | null;
  /** The SHA-256 of the manifest; `null` if there is none. */
  readonly manifestSha256: string | null;
}

/**
 * Compares the files of a run folder with its manifest. Paths from the manifest are only compared, never
 * opened.
 */
export async function checkFiles(runDir: string): Promise<FilesCheck> {
  const { files, others, locks } = await listFiles(runDir);
  const { manifest, sha256: manifestSha256, findings: ofManifest } = await readManifest(runDir);
  const unopened = others.map((other) => ({ kind: "file-extra", ...other }) as const);
  if (manifest === null) {
    return { files, findings: [...ofManifest, ...unopened], manifest, manifestSha256 };
  }
  const named = new Map(manifest.files.map((entry) => [entry.path, entry]));
  const present = new Set(files);
  const findings: Finding[] = [
    ...ofManifest,
    ...manifest.files
      .filter(({ path }) => !present.has(path))
      .map(({ path }) => ({ kind: "file-missing", path }) as const),
    ...unopened,
    ...(await Promise.all(locks.map((path) => findingOfLock(runDir, path)))),
  ];
  for (const path of files) {
    findings.push(...(await compareFile(runDir, path, { entry: named.get(path), entries: manifest.files })));
  }
  return { files, findings, manifest, manifestSha256 };
}

async function findingOfLock(runDir: string, path: string): Promise<Finding> {
  return { kind: (await isLock(join(runDir, path))) ? "lock-left" : "file-extra", path };
}

interface ListedFile {
  /** The manifest's entry for this path. */
  readonly entry: ManifestEntry | undefined;
  readonly entries: readonly ManifestEntry[];
}

async function compareFile(runDir: string, path: string, { entry, entries }: ListedFile): Promise<Finding[]> {
  const file = join(runDir, path);
  if (entry === undefined && !entries.some(sizeOf(await sizeIfThere(file)))) {
    return [{ kind: isPartName(basename(path)) ? "part-left" : "file-extra", path }];
  }
  const { bytes, sha256 } = await hashFile(file);
  if (entry?.bytes === bytes && entry.sha256 === sha256) {
    return [];
  }
  const other = entries.find((candidate) => candidate.sha256 === sha256 && bytes > 0);
  const holds = other === undefined ? {} : { holds: other.path };
  if (entry === undefined) {
    return [{ kind: "file-extra", path, ...holds }];
  }
  const problem =
    bytes === entry.bytes
      ? `SHA-256 ${sha256} now, ${entry.sha256} there`
      : `${countOf(bytes, "byte")} now, ${formatCount(entry.bytes)} there`;
  return [{ kind: "file-changed", path, problem, ...holds }];
}

const sizeOf =
  (bytes: number | undefined) =>
  (entry: ManifestEntry): boolean =>
    entry.bytes === bytes;

/** Undefined if the file cannot be found again by its name, for example because the name is not UTF-8. */
async function sizeIfThere(file: string): Promise<number | undefined> {
  return (await stat(file).catch(() => undefined))?.size;
}

export interface IntegrityCheck {
  readonly findings: readonly Finding[];
  readonly skipped: readonly SkippedCheck[];
}

/**
 * Checks that the journal's segments form a chain and match the manifest's tree. If they do not match, it
 * names the lines that differ.
 */
export async function checkIntegrity(
  runDir: string,
  { manifest, findings }: Pick<FilesCheck, "manifest" | "findings">,
  segments: readonly string[],
): Promise<IntegrityCheck> {
  const wrong = new Set(findings.map(({ path }) => path));
  // If a link replaces the journal's folder, that is already a finding, and the link is not followed.
  const { breaks } = segments.length === 0 ? NO_CHAIN : await readChain(runDir);
  const ofChain = breaks
    .map(({ segment, problem }) => ({ kind: "chain-broken", path: `${JOURNAL_FOLDER}/${segment}`, problem }) as const)
    // Files that differ from the manifest are already reported.
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
    const because = `${LEAVES_FILE}, which would identify them, differs from the manifest too`;
    return { findings: [], skipped: [{ check: "lines", because }] };
  }
  // A file with the contents of another file was replaced as a whole, so its lines are not compared.
  const changed = findings.flatMap((finding) =>
    finding.kind === "file-changed" && finding.holds === undefined ? [finding.path] : [],
  );
  return { findings: await checkLines(runDir, manifest.journal, new Set(changed)), skipped: [] };
}

/** Rebuilds the tree over the lines, and compares it with the manifest and with journal.leaves. */
async function checkTree(
  runDir: string,
  { files, journal }: Manifest,
  segments: readonly string[],
): Promise<Finding[]> {
  const reading = treeOfJournal(runDir, segments);
  const { sha256 } = await hashChunks(reading.leaves);
  const problem = firstDifference({ journal }, { journal: reading.tree() });
  if (problem !== undefined) return [{ kind: "tree-differs", path: MANIFEST_FILE, problem }];
  const said = files.find(({ path }) => path === LEAVES_FILE);
  return said === undefined || said.sha256 === sha256 ? [] : [{ kind: "leaves-differ", path: LEAVES_FILE }];
}
