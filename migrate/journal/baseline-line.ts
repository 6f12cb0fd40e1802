import { z } from "zod";

/**
 * `taken`: nothing was asked of the object, since it is as that line says. `sampled`: it was read all the same, and agreed with that line.
 */
const BASELINE_USES = ["taken", "sampled"] as const;

/** The line of an earlier run in which the state of an object was read from the store. */
export const baselineLineSchema = z.object({
  /** `digestOfRun` of that run's folder. */
  run: z.string().regex(/^[0-9a-f]{64}$/),
  /** In that folder, with `/` between its parts. */
  segment: z.string(),
  /** From 1. */
  line: z.number().int().positive(),
  use: z.enum(BASELINE_USES),
});
export type BaselineLine = z.infer<typeof baselineLineSchema>;
