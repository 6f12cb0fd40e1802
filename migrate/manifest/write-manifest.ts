import { join } from "node:path";
import { writeAtomically } from "../report/write-atomically.js";
import { hashFile } from "./hash-file.js";
import { listFiles } from "./list-files.js";
import { MANIFEST_FILE, type Manifest, type ManifestEntry } from "./manifest.js";

/** Writes manifest.json over every other file of the run folder; the last thing that a run does. */
export async function writeManifest(runDir: string): Promise<void> {
  const files: ManifestEntry[] = [];
  for (const path of (await listFiles(runDir)).files) {
    files.push({ path, ...(await hashFile(join(runDir, path))) });
  }
  const manifest: Manifest = { schema: "bucketseal/manifest/1", files };
  await writeAtomically(join(runDir, MANIFEST_FILE), [`${JSON.stringify(manifest, null, 2)}\n`]);
}
