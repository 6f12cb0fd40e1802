import { z } from "zod";

export const MANIFEST_FILE = "manifest.json";

export const manifestSchema = z.object({
  schema: z.literal("bucketseal/manifest/1"),
  files: z.array(
    z.object({
      /** Relative to the run folder, with `/` between its parts. */
      path: z.string(),
      bytes: z.number().int().nonnegative(),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ),
});

/** manifest.json: every other file of a run folder, sorted by path. */
export type Manifest = z.infer<typeof manifestSchema>;
export type ManifestEntry = Manifest["files"][number];
