import { rm } from "node:fs/promises";
import { join } from "node:path";
import { MANIFEST_FILE, SIGNATURE_FILE } from "../journal/run-folder.js";

/** Before files are changed that they speak of. The signature goes first: none is ever left that signs another manifest. */
export async function removeManifest(runDir: string): Promise<void> {
  await rm(join(runDir, SIGNATURE_FILE), { force: true });
  await rm(join(runDir, MANIFEST_FILE), { force: true });
}
