import { join } from "node:path";
import type { Finding } from "./finding.js";
import { hashFile } from "./hash-file.js";
import { listFiles } from "./list-files.js";
import { MANIFEST_FILE, type Manifest, type ManifestEntry, manifestSchema } from "./manifest.js";
import { parseAs } from "./parse-as.js";
import { readIfThere } from "./read-if-there.js";

export interface FilesCheck {
  readonly files: readonly string[];
  readonly findings: readonly Finding[];
}

/** Compares the files of a run folder with its manifest. A path in the manifest is compared, never opened. */
export async function checkFiles(runDir: string): Promise<FilesCheck> {
  const { files, others } = await listFiles(runDir);
  const manifest = await readManifest(runDir);
  if ("kind" in manifest) {
    return { files, findings: [manifest] };
  }
  const named = new Map(manifest.files.map((entry) => [entry.path, entry]));
  const present = new Set(files);
  const findings: Finding[] = [
    ...manifest.files
      .filter(({ path }) => !present.has(path))
      .map(({ path }) => ({ kind: "file-missing", path }) as const),
    ...others.map((path) => ({ kind: "file-extra", path }) as const),
  ];
  for (const path of files) {
    findings.push(...(await compareFile(runDir, path, named.get(path))));
  }
  return { files, findings };
}

async function compareFile(runDir: string, path: string, entry: ManifestEntry | undefined): Promise<Finding[]> {
  if (entry === undefined) {
    return [{ kind: "file-extra", path }];
  }
  const { bytes, sha256 } = await hashFile(join(runDir, path));
  if (bytes !== entry.bytes) {
    return [{ kind: "file-changed", path, problem: `${bytes} bytes now, ${entry.bytes} then` }];
  }
  return sha256 === entry.sha256
    ? []
    : [{ kind: "file-changed", path, problem: `SHA-256 ${sha256} now, ${entry.sha256} then` }];
}

async function readManifest(runDir: string): Promise<Manifest | Finding> {
  const text = await readIfThere(join(runDir, MANIFEST_FILE));
  if (text === undefined) {
    return { kind: "manifest-missing", path: MANIFEST_FILE };
  }
  const manifest = parseAs(manifestSchema, text);
  return manifest.ok ? manifest.value : { kind: "manifest-invalid", path: MANIFEST_FILE, problem: manifest.problem };
}
