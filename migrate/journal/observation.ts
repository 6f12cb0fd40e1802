import { z } from "zod";
import { ENCRYPTION_STATES, EVIDENCE } from "../model/encryption.js";

/** One look at one object version. Dates are ISO 8601 in UTC; `etag` is bare, without quotes. */
export const observationSchema = z
  .object({
    state: z.enum(ENCRYPTION_STATES),
    /** `null` where nothing was seen, and the state is `unknown`. */
    evidence: z.enum(EVIDENCE).nullable(),
    etag: z.string().nullable(),
    sizeBytes: z.number().int().nonnegative(),
    lastModified: z.string().nullable(),
    storageClass: z.string(),
    /** `null` where the bucket was never versioned. */
    versionId: z.string().nullable(),
  })
  // Its name in the published JSON Schema.
  .meta({ id: "observation" });
export type Observation = z.infer<typeof observationSchema>;
