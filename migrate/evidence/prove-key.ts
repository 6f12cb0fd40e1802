import type { X509Certificate } from "node:crypto";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { isInJournal, segmentsAmong } from "../journal/read-journal.js";
import { listFiles } from "../journal/run-folder.js";
import type { PublicKey } from "../keys/public-key.js";
import { countOf, formatCount } from "../model/text.js";
import { checkFiles, checkIntegrity } from "./check-files.js";
import { objectOfLine } from "./compare-lines.js";
import type { FoundLine, WantedLines } from "./find-lines.js";
import { findLines } from "./find-lines.js";
import type { Finding, SignatureCheck } from "./finding.js";
import { leavesOf } from "./journal-tree.js";
import { type JournalTree, LEAVES_FILE, type Manifest, readManifest } from "./manifest.js";
import { auditPaths, HASH_BYTES, leafHash, type PathStep, rootOfPath } from "./merkle-tree.js";
import { checkSignature } from "./signature.js";
import type { TimestampCheck } from "./timestamp-token.js";

export interface ProveOptions extends WantedLines {
  /** Each of them must have signed the manifest. */
  readonly publicKeys?: readonly PublicKey[];
  /** As for `checkRun`. */
  readonly authorities?: readonly X509Certificate[] | undefined;
}

/** A line of the journal and its audit path to the root. Hashes are hexadecimal. */
export interface ProvenLine {
  readonly path: string;
  /** Number in its segment, from 1. */
  readonly line: number;
  /** Index among all lines of the journal, from 0. */
  readonly index: number;
  /** The line as written, without its LF. */
  readonly text: string;
  /** SHA-256 of a 0x00 byte followed by the text in UTF-8. */
  readonly leafHash: string;
  /**
   * The steps from the leaf on. The next hash is the SHA-256 of a 0x01 byte, the left hash and the right
   * hash. The last one is the root.
   */
  readonly auditPath: readonly { readonly side: PathStep["side"]; readonly hash: string }[];
}

/**
 * The result of `proveKey`. `proof`: the lines of the key, each with its audit path to `tree.root`. `no-line`:
 * the unmodified journal has no such line.
 */
export type Proof =
  | {
      readonly kind: "proof";
      readonly tree: Pick<JournalTree, "tree" | "lines" | "root">;
      readonly manifestSha256: string;
      readonly signature: SignatureCheck;
      readonly timestamps: readonly TimestampCheck[];
      readonly lines: readonly ProvenLine[];
    }
  /** `versionIds` are the version IDs in the lines of the key. */
  | { readonly kind: "no-line"; readonly journalLines: number; readonly versionIds: readonly string[] }
  /** The files needed for a proof are not as the run left them. */
  | { readonly kind: "unprovable"; readonly findings: readonly Finding[] };

/**
 * Proves that the manifest covers the lines of one key at their positions. Checks only the files that this
 * needs; `checkRun` checks the whole folder.
 */
export async function proveKey(
  runDir: string,
  { publicKeys = [], authorities, ...wanted }: ProveOptions,
): Promise<Proof> {
  const { manifest, sha256: manifestSha256, findings } = await readManifest(runDir);
  const trusted = { publicKeys, authorities };
  const { signature, timestamps, findings: ofSignature } = await checkSignature(runDir, manifestSha256, trusted);
  const wrong = [...findings, ...ofSignature];
  if (manifest === null || manifestSha256 === null || wrong.length > 0) return { kind: "unprovable", findings: wrong };
  const { tree, lines: journalLines, root, segments } = manifest.journal;
  const unusable = await unusableFiles(runDir, manifest.journal);
  if (unusable.length > 0) return { kind: "unprovable", findings: unusable };
  const paths = segments.map(({ path }) => path);
  const { lines, versionIds } = await findLines(runDir, paths, wanted);
  if (lines.length === 0) {
    // The absence of a line proves something only if the journal is unmodified.
    const changed = await changesOf(runDir, manifest);
    return changed.length > 0
      ? { kind: "unprovable", findings: changed }
      : { kind: "no-line", journalLines, versionIds };
  }
  const proven = await proveLines(runDir, manifest.journal, lines);
  if (!("lines" in proven)) return { kind: "unprovable", findings: proven.findings };
  const { lines: shown } = proven;
  return {
    kind: "proof",
    tree: { tree, lines: journalLines, root },
    manifestSha256,
    signature,
    timestamps,
    lines: shown,
  };
}

/** The differences between the journal and the manifest. */
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

/** Paths from the manifest are only compared, never opened. */
async function unusableFiles(runDir: string, { segments, lines }: JournalTree): Promise<Finding[]> {
  const { files } = await listFiles(runDir);
  const needed = [...segments.map(({ path }) => path), LEAVES_FILE];
  const missing = needed.filter((path) => !files.includes(path));
  if (missing.length > 0) return missing.map((path) => ({ kind: "file-missing", path }));
  const { size } = await stat(join(runDir, LEAVES_FILE));
  const problem = `${countOf(size, "byte")} now, ${formatCount(lines * HASH_BYTES)} there`;
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
