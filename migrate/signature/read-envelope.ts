import { join } from "node:path";
import { readIfThere } from "../journal/folder-files.js";
import { SIGNATURE_FILE } from "../journal/run-folder.js";
import type { Parsed } from "../model/parse.js";
import { type Envelope, parseEnvelope } from "./envelope.js";

/** The envelope over the manifest of a run folder; `null` where it is not signed. */
export async function readEnvelope(runDir: string): Promise<Parsed<Envelope> | null> {
  const bytes = await readIfThere(join(runDir, SIGNATURE_FILE));
  return bytes === undefined ? null : parseEnvelope(bytes);
}
