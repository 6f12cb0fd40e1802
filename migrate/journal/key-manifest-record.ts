import { z } from "zod";

/** The list of objects that a run was kept to. */
export const keyManifestRecordSchema = z.object({
  format: z.enum(["inventory", "keys", "keys0", "journal"]),
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
