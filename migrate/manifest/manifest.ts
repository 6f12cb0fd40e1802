import { z } from "zod";
import { knownSchema } from "../model/parse.js";
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
