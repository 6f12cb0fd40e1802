import { join } from "node:path";
import { writeAtomically } from "../report/write-atomically.js";
import { hashFile } from "./hash-file.js";
import { segmentsAmong } from "./journal-lines.js";
import { listFiles } from "./list-files.js";
import { type JournalTree, LEAVES_FILE, MANIFEST_FILE, type Manifest, manifestText } from "./manifest.js";
import { treeOfJournal } from "./tree-of-journal.js";

/** Writes journal.leaves, and manifest.json over every other file of the run folder; the last thing that a run does. */
export async function writeManifest(runDir: string): Promise<void> {
  await writeAtomically(join(runDir, MANIFEST_FILE), [manifestText(await makeManifest(runDir))]);
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
