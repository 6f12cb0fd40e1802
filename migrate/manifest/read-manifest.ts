import { createHash } from "node:crypto";
import { join } from "node:path";
import { readIfThere } from "../journal/folder-files.js";
import { MANIFEST_FILE } from "../journal/run-folder.js";
import { parseAs } from "../model/parse.js";
import type { Finding } from "./finding.js";
import { type Manifest, manifestSchema, manifestText } from "./manifest.js";

export interface ReadManifest {
  /** `null` where there is none that could be read: a finding says why. */
  readonly manifest: Manifest | null;
  /** Of the file; `null` where there is none. */
  readonly sha256: string | null;
  readonly findings: readonly Finding[];
}

export async function readManifest(runDir: string): Promise<ReadManifest> {
  const path = MANIFEST_FILE;
  const bytes = await readIfThere(join(runDir, path));
  if (bytes === undefined) {
    return { manifest: null, sha256: null, findings: [{ kind: "manifest-missing", path }] };
  }
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const manifest = parseAs(manifestSchema, bytes.toString("utf8"));
  if (!manifest.ok) {
    return { manifest: null, sha256, findings: [{ kind: "manifest-invalid", path, problem: manifest.problem }] };
  }
  // The same manifest is the same bytes: what reads alike and was written otherwise was not written by a run.
  const isOurs = Buffer.from(manifestText(manifest.value)).equals(bytes);
  return { manifest: manifest.value, sha256, findings: isOurs ? [] : [{ kind: "manifest-rewritten", path }] };
}
