import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { writeAtomically } from "../report/write-atomically.js";
import { hashFile } from "./hash-file.js";
import { segmentsAmong } from "./journal-lines.js";
import { listFiles } from "./list-files.js";
import {
  type JournalTree,
  LEAVES_FILE,
  MANIFEST_FILE,
  type Manifest,
  manifestText,
  SIGNATURE_FILE,
} from "./manifest.js";
import { readIfThere } from "./read-if-there.js";
import { treeOfJournal } from "./tree-of-journal.js";

export interface WrittenManifest {
  readonly manifest: Manifest;
  /** Of the file. */
  readonly sha256: string;
}

/**
 * Writes journal.leaves, and manifest.json over every other file of the run folder; the last thing that a run does but for signing.
 * Signatures go, unless the manifest is the one that they were made over.
 */
export async function writeManifest(runDir: string): Promise<WrittenManifest> {
  const manifest = await makeManifest(runDir);
  const text = manifestText(manifest);
  const earlier = await readIfThere(join(runDir, MANIFEST_FILE));
  if (earlier?.equals(Buffer.from(text)) !== true) {
    await rm(join(runDir, SIGNATURE_FILE), { force: true });
    await writeAtomically(join(runDir, MANIFEST_FILE), [text]);
  }
  return { manifest, sha256: createHash("sha256").update(text).digest("hex") };
}

/** The manifest of a run folder as it is. Writes journal.leaves, which is one of its files. */
async function makeManifest(runDir: string): Promise<Manifest> {
  const journal = await writeLeaves(runDir);
  const files: Manifest["files"] = [];
  for (const path of (await listFiles(runDir)).files) {
    files.push({ path, ...(await hashFile(join(runDir, path))) });
  }
  return { schema: "bucketseal/manifest/1", files, journal };
}

async function writeLeaves(runDir: string): Promise<JournalTree> {
  const { files } = await listFiles(runDir);
  const reading = treeOfJournal(runDir, await segmentsAmong(runDir, files));
  await writeAtomically(join(runDir, LEAVES_FILE), reading.leaves);
  return reading.tree();
}
