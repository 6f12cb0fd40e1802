import { z } from "zod";

const count = z.number().int().nonnegative();

/** What was in a scope at the end of the run that was not there, or was another object, when the run looked at it. */
export const arrivalsRecordSchema = z.object({
  kind: z.literal("arrivals"),
  bucket: z.string(),
  prefix: z.string(),
  /** Objects that passed the filters when the scope was listed once more. */
  listed: count,
  /** Of these, the ones that are younger than the run's own look at them, or that it never saw. */
  younger: count,
  /** Of the younger ones, how many were read at random, were not encrypted, and could not be seen. */
  sampled: count,
  plaintext: count,
  unseen: count,
  /** Why the scope could not be listed to its end, in the store's own words. */
  refused: z.string().nullable(),
  at: z.string(),
});
export type ArrivalsRecord = z.infer<typeof arrivalsRecordSchema>;
