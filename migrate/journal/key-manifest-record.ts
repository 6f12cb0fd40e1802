import { z } from "zod";

/** `raw`: keys as they are. `url`: URL-encoded, with `+` or `%20` for a space, as S3 writes them into an inventory. */
export const MANIFEST_KEYS = ["raw", "url"] as const;
export type ManifestKeys = (typeof MANIFEST_KEYS)[number];

/** The list of objects that a run was kept to. */
export const keyManifestRecordSchema = z.object({
  format: z.enum(["inventory", "keys", "keys0", "journal"]),
  /** How its keys were read, if that was given. */
  keys: z.enum(MANIFEST_KEYS).optional(),
  /** What was read, in its order; of a run folder its `digestOfRun`. */
  files: z.array(z.object({ name: z.string(), sha256: z.string() })),
  /** When the store made the inventory, by its own word; `null` where nothing says so. */
  createdAt: z.string().nullable(),
  /** Lines that name objects of the run's scopes; an object may have several. */
  lines: z.number().int().nonnegative(),
  /** Lines that name objects elsewhere. */
  outside: z.number().int().nonnegative(),
});
export type KeyManifestRecord = z.infer<typeof keyManifestRecordSchema>;
