import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { readIfThere } from "../journal/folder-files.js";
import { MANIFEST_FILE, SIGNATURE_FILE } from "../journal/run-folder.js";
import { knownSchema, parseAs } from "../model/parse.js";
import type { Finding } from "./finding.js";

/** The hashes of all journal lines, 32 bytes each, concatenated. They identify changed lines. */
export const LEAVES_FILE = "journal.leaves";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "give a SHA-256 as 64 hexadecimal digits");
const count = z.number().int().nonnegative();

export const manifestSchema = z.strictObject({
  schema: knownSchema("bucketseal/manifest/1"),
  files: z.array(
    z.strictObject({
      /** Relative to the run folder, separated by `/`. */
      path: z.string(),
      bytes: count,
      sha256,
    }),
  ),
  /** Covers every complete line, including segment headers, in journal order. */
  journal: z.strictObject({
    /** RFC 6962 with SHA-256. A leaf is a line without its LF. */
    tree: z.literal("rfc6962-sha256"),
    lines: count,
    root: sha256,
    segments: z.array(z.strictObject({ path: z.string(), lines: count })),
  }),
});

/**
 * manifest.json: every other file of a run folder, sorted by path, except the signature over the manifest.
 */
export type Manifest = z.infer<typeof manifestSchema>;
export type ManifestEntry = Manifest["files"][number];
export type JournalTree = Manifest["journal"];

/** The exact text of the file: equal manifests have equal bytes. */
export function manifestText(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

interface ReadManifest {
  /** `null` if there is no readable manifest; a finding has the reason. */
  readonly manifest: Manifest | null;
  /** Digest of the file; `null` if there is none. */
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
  // Equal manifests have equal bytes, so a manifest that parses but has other bytes was not written by a run.
  const isOurs = Buffer.from(manifestText(manifest.value)).equals(bytes);
  return { manifest: manifest.value, sha256, findings: isOurs ? [] : [{ kind: "manifest-rewritten", path }] };
}

/**
 * Call it before changing files that the manifest lists. The signature is removed first, so that a kill
 * in between leaves no signature without its manifest.
 */
export async function removeManifest(runDir: string): Promise<void> {
  await rm(join(runDir, SIGNATURE_FILE), { force: true });
  await rm(join(runDir, MANIFEST_FILE), { force: true });
}
