import { stat } from "node:fs/promises";
import { join } from "node:path";
import { isInJournal, segmentsAmong } from "../journal/read-journal.js";
import { listFiles } from "../journal/run-folder.js";
import type { PublicKey } from "../keys/public-key.js";
import { auditPaths, type PathStep } from "../merkle/audit-path.js";
import { HASH_BYTES, leafHash } from "../merkle/hashes.js";
import { rootOfPath } from "../merkle/root-of-path.js";
import { checkSignature } from "../signature/check-signature.js";
import type { SignatureCheck } from "../signature/signature-check.js";
import { checkFiles } from "./check-files.js";
import { checkIntegrity } from "./check-integrity.js";
import { type FoundLine, findLines } from "./find-lines.js";
import type { Finding } from "./finding.js";
import { type JournalTree, LEAVES_FILE, type Manifest } from "./manifest.js";
import { objectOfLine } from "./object-of-line.js";
import { leavesOf } from "./read-leaves.js";
import { readManifest } from "./read-manifest.js";
import type { WantedLines } from "./wanted-lines.js";

export interface ProveOptions extends WantedLines {
  /** Each of them must have signed the manifest. */
  readonly publicKeys?: readonly PublicKey[];
}

/** A line of the journal, and the way from it to the root. Hashes are hexadecimal. */
export interface ProvenLine {
  readonly path: string;
  /** In its segment, from 1. */
  readonly line: number;
  /** Among all lines of the journal, from 0. */
  readonly index: number;
  /** As it stands there, without its LF. */
  readonly text: string;
  /** SHA-256 of a zero byte and the text in UTF-8. */
  readonly leafHash: string;
  /** From the leaf on: SHA-256 of a one byte, the hash on the left and the one on the right is the next. The last is the root. */
  readonly auditPath: readonly { readonly side: PathStep["side"]; readonly hash: string }[];
}

export type Proof =
  | {
      readonly kind: "proof";
      readonly tree: Pick<JournalTree, "tree" | "lines" | "root">;
      readonly manifestSha256: string;
      readonly signature: SignatureCheck;
      readonly lines: readonly ProvenLine[];
    }
  /** `versionIds` are those of the lines that the key has. */
  | { readonly kind: "no-line"; readonly journalLines: number; readonly versionIds: readonly string[] }
  /** What would prove it is not as the run left it. */
  | { readonly kind: "unprovable"; readonly findings: readonly Finding[] };

/**
 * Proves of the lines of one key that the manifest was made of them, in the places where they stand. Looks at what that takes and at
 * nothing else: whether all of the folder holds is for `checkRun`.
 */
export async function proveKey(runDir: string, { publicKeys = [], ...wanted }: ProveOptions): Promise<Proof> {
  const { manifest, sha256: manifestSha256, findings } = await readManifest(runDir);
  const { signature, findings: ofSignature } = await checkSignature(runDir, manifestSha256, publicKeys);
  const wrong = [...findings, ...ofSignature];
  if (manifest === null || manifestSha256 === null || wrong.length > 0) return { kind: "unprovable", findings: wrong };
  const { tree, lines: journalLines, root, segments } = manifest.journal;
  const unusable = await unusableFiles(runDir, manifest.journal);
  if (unusable.length > 0) return { kind: "unprovable", findings: unusable };
  const paths = segments.map(({ path }) => path);
  const { lines, versionIds } = await findLines(runDir, paths, wanted);
  if (lines.length === 0) {
    // That there is none says something of the run only where the journal is the one that it wrote.
    const changed = await changesOf(runDir, manifest);
    return changed.length > 0
      ? { kind: "unprovable", findings: changed }
      : { kind: "no-line", journalLines, versionIds };
  }
  const proven = await proveLines(runDir, manifest.journal, lines);
  if (!("lines" in proven)) return { kind: "unprovable", findings: proven.findings };
  return { kind: "proof", tree: { tree, lines: journalLines, root }, manifestSha256, signature, lines: proven.lines };
}

/** Where the journal is not as its manifest has it. */
async function changesOf(runDir: string, manifest: Manifest): Promise<readonly Finding[]> {
  const { files, findings } = await checkFiles(runDir);
  const ofJournal = findings.filter(({ path }) => isInJournal(path) || path === LEAVES_FILE);
  const { findings: ofLines } = await checkIntegrity(
    runDir,
    { manifest, findings: ofJournal },
    await segmentsAmong(runDir, files),
  );
  return [...ofJournal, ...ofLines];
}

/** A path in the manifest is compared, never opened. */
async function unusableFiles(runDir: string, { segments, lines }: JournalTree): Promise<Finding[]> {
  const { files } = await listFiles(runDir);
  const needed = [...segments.map(({ path }) => path), LEAVES_FILE];
  const missing = needed.filter((path) => !files.includes(path));
  if (missing.length > 0) return missing.map((path) => ({ kind: "file-missing", path }));
  const { size } = await stat(join(runDir, LEAVES_FILE));
  const problem = `${size} bytes now, ${lines * HASH_BYTES} there`;
  return size === lines * HASH_BYTES ? [] : [{ kind: "file-changed", path: LEAVES_FILE, problem }];
}

type Proven = { readonly lines: readonly ProvenLine[] } | { readonly findings: readonly Finding[] };

async function proveLines(runDir: string, journal: JournalTree, found: readonly FoundLine[]): Promise<Proven> {
  const added = found.filter(({ index }) => index >= journal.lines);
  if (added.length > 0)
    return { findings: added.map((line) => ({ ...changed(line), kind: "lines-added", to: line.line })) };
  const leaves = leavesOf(join(runDir, LEAVES_FILE));
  const { root, paths } = await auditPaths(
    leaves,
    journal.lines,
    found.map(({ index }) => index),
  );
  if (root.toString("hex") !== journal.root) return { findings: [{ kind: "leaves-differ", path: LEAVES_FILE }] };
  const ways = found.map((line) => ({ line, leaf: leafHash(line.bytes), way: paths.get(line.index) ?? [] }));
  const edited = ways.filter(({ leaf, way }) => !rootOfPath(leaf, way).equals(root));
  if (edited.length > 0)
    return { findings: edited.map(({ line }) => ({ ...changed(line), kind: "line-edited", was: line.line })) };
  return { lines: ways.map(({ line, leaf, way }) => provenLine(line, leaf, way)) };
}

function changed({ path, line, bytes }: FoundLine) {
  return { path, line, object: objectOfLine(bytes) };
}

function provenLine({ path, line, index, bytes }: FoundLine, leaf: Buffer, way: readonly PathStep[]): ProvenLine {
  const auditPath = way.map(({ side, hash }) => ({ side, hash: hash.toString("hex") }));
  return { path, line, index, text: bytes.toString("utf8"), leafHash: leaf.toString("hex"), auditPath };
}
