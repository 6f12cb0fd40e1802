import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { readIfThere } from "../journal/folder-files.js";
import { MANIFEST_FILE, SIGNATURE_FILE } from "../journal/run-folder.js";
import { knownSchema, parseAs } from "../model/parse.js";
import type { Finding } from "./finding.js";

/** The hashes of all lines of the journal, one after the other as 32 bytes each: what names a line that was changed. */
export const LEAVES_FILE = "journal.leaves";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "give a SHA-256 as 64 hexadecimal digits");
const count = z.number().int().nonnegative();

export const manifestSchema = z.strictObject({
  schema: knownSchema("bucketseal/manifest/1"),
  files: z.array(
    z.strictObject({
      /** Relative to the run folder, with `/` between its parts. */
      path: z.string(),
      bytes: count,
      sha256,
    }),
  ),
  /** Over every whole line, those that segments begin with too, in the order of the journal. */
  journal: z.strictObject({
    /** RFC 6962 with SHA-256; a leaf is a line without its LF. */
    tree: z.literal("rfc6962-sha256"),
    lines: count,
    root: sha256,
    segments: z.array(z.strictObject({ path: z.string(), lines: count })),
  }),
});

/** manifest.json: every other file of a run folder, sorted by path, but the signature over the manifest. */
export type Manifest = z.infer<typeof manifestSchema>;
export type ManifestEntry = Manifest["files"][number];
export type JournalTree = Manifest["journal"];

/** Exactly what the file holds: the same manifest is the same bytes. */
export function manifestText(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

interface ReadManifest {
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

/** Before files are changed that they speak of. The signature goes first: none is ever left that signs another manifest. */
export async function removeManifest(runDir: string): Promise<void> {
  await rm(join(runDir, SIGNATURE_FILE), { force: true });
  await rm(join(runDir, MANIFEST_FILE), { force: true });
}
