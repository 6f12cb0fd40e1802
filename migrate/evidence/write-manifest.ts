import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { isPartName, readIfThere } from "../journal/folder-files.js";
import { readLineChunks, segmentsAmong } from "../journal/read-journal.js";
import { listFiles, MANIFEST_FILE, SIGNATURE_FILE } from "../journal/run-folder.js";
import { hashFile, type StagedFiles, stageFiles } from "../journal/stage-files.js";
import { type JournalTree, LEAVES_FILE, type Manifest, manifestText } from "./manifest.js";
import { createMerkleTree, leafHash } from "./merkle-tree.js";

interface WrittenManifest {
  readonly manifest: Manifest;
  /** Digest of the file. */
  readonly sha256: string;
}

/**
 * Writes journal.leaves, and manifest.json over every other file of the run folder: staged files with their
 * new contents, all others as they are. Signatures are removed unless they cover this same manifest.
 */
export async function writeManifest(runDir: string, staged?: StagedFiles): Promise<WrittenManifest> {
  const files = staged ?? (await stageFiles(runDir));
  const manifest = await makeManifest(runDir, files);
  const text = manifestText(manifest);
  const earlier = await readIfThere(join(runDir, MANIFEST_FILE));
  if (earlier?.equals(Buffer.from(text)) !== true) {
    await files.put(MANIFEST_FILE, [text]);
    files.beforeCommit(() => rm(join(runDir, SIGNATURE_FILE), { force: true }));
  }
  if (staged === undefined) await files.commit();
  return { manifest, sha256: createHash("sha256").update(text).digest("hex") };
}

/**
 * Builds the manifest of a run folder with its staged files. Writes journal.leaves, which the manifest lists
 * too.
 */
async function makeManifest(runDir: string, { put, digests }: StagedFiles): Promise<Manifest> {
  const { files: present } = await listFiles(runDir);
  const reading = treeOfJournal(runDir, await segmentsAmong(runDir, present));
  await put(LEAVES_FILE, reading.leaves);
  const files: Manifest["files"] = [];
  for (const path of [...new Set([...present, ...digests.keys()])].sort()) {
    if (isPartName(path)) continue;
    const { bytes, sha256 } = digests.get(path) ?? (await hashFile(join(runDir, path)));
    files.push({ path, bytes, sha256 });
  }
  return { schema: "bucketseal/manifest/1", files, journal: reading.tree() };
}

interface TreeReading {
  /** The concatenated hashes of the lines, in chunks. */
  readonly leaves: AsyncIterable<Buffer>;
  /** Complete once the leaves have ended. */
  readonly tree: () => JournalTree;
}

/** Reads the lines of these segments in this order. Bytes after a segment's last LF are not a line. */
export function treeOfJournal(runDir: string, segments: readonly string[]): TreeReading {
  const merkle = createMerkleTree();
  const counted: JournalTree["segments"] = [];
  async function* leaves() {
    for (const path of segments) {
      const before = merkle.leaves();
      for await (const lines of readLineChunks(join(runDir, path))) {
        const hashes = lines.filter(({ ended }) => ended).map(({ bytes }) => leafHash(bytes));
        for (const hash of hashes) merkle.add(hash);
        yield Buffer.concat(hashes);
      }
      counted.push({ path, lines: merkle.leaves() - before });
    }
  }
  return {
    leaves: leaves(),
    tree: () => ({
      tree: "rfc6962-sha256",
      lines: merkle.leaves(),
      root: merkle.root().toString("hex"),
      segments: counted,
    }),
  };
}
