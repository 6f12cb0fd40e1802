import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { isPartName } from "../journal/folder-files.js";
import { listFiles } from "../journal/run-folder.js";
import { isLock } from "../journal/run-lock.js";
import { hashFile } from "../journal/stage-files.js";
import type { Finding } from "./finding.js";
import type { Manifest, ManifestEntry } from "./manifest.js";
import { readManifest } from "./read-manifest.js";

export interface FilesCheck {
  readonly files: readonly string[];
  readonly findings: readonly Finding[];
  /** `null` where there is none that could be read. */
  readonly manifest: Manifest | null;
  /** The SHA-256 of the manifest; `null` where there is none. */
  readonly manifestSha256: string | null;
}

/** Compares the files of a run folder with its manifest. A path in the manifest is compared, never opened. */
export async function checkFiles(runDir: string): Promise<FilesCheck> {
  const { files, others, locks } = await listFiles(runDir);
  const { manifest, sha256: manifestSha256, findings: ofManifest } = await readManifest(runDir);
  const unopened = others.map((other) => ({ kind: "file-extra", ...other }) as const);
  if (manifest === null) {
    return { files, findings: [...ofManifest, ...unopened], manifest, manifestSha256 };
  }
  const named = new Map(manifest.files.map((entry) => [entry.path, entry]));
  const present = new Set(files);
  const findings: Finding[] = [
    ...ofManifest,
    ...manifest.files
      .filter(({ path }) => !present.has(path))
      .map(({ path }) => ({ kind: "file-missing", path }) as const),
    ...unopened,
    ...(await Promise.all(locks.map((path) => findingOfLock(runDir, path)))),
  ];
  for (const path of files) {
    findings.push(...(await compareFile(runDir, path, { entry: named.get(path), entries: manifest.files })));
  }
  return { files, findings, manifest, manifestSha256 };
}

async function findingOfLock(runDir: string, path: string): Promise<Finding> {
  return { kind: (await isLock(join(runDir, path))) ? "lock-left" : "file-extra", path };
}

interface Said {
  /** Of this path. */
  readonly entry: ManifestEntry | undefined;
  readonly entries: readonly ManifestEntry[];
}

async function compareFile(runDir: string, path: string, { entry, entries }: Said): Promise<Finding[]> {
  const file = join(runDir, path);
  if (entry === undefined && !entries.some(sizeOf(await sizeIfThere(file)))) {
    return [{ kind: isPartName(basename(path)) ? "part-left" : "file-extra", path }];
  }
  const { bytes, sha256 } = await hashFile(file);
  if (entry?.bytes === bytes && entry.sha256 === sha256) {
    return [];
  }
  const other = entries.find((candidate) => candidate.sha256 === sha256 && bytes > 0);
  const holds = other === undefined ? {} : { holds: other.path };
  if (entry === undefined) {
    return [{ kind: "file-extra", path, ...holds }];
  }
  const problem =
    bytes === entry.bytes ? `SHA-256 ${sha256} now, ${entry.sha256} there` : `${bytes} bytes now, ${entry.bytes} there`;
  return [{ kind: "file-changed", path, problem, ...holds }];
}

const sizeOf =
  (bytes: number | undefined) =>
  (entry: ManifestEntry): boolean =>
    entry.bytes === bytes;

/** Undefined where the name cannot be opened again, as one that is no UTF-8. */
async function sizeIfThere(file: string): Promise<number | undefined> {
  return (await stat(file).catch(() => undefined))?.size;
}
