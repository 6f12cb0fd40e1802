import { z } from "zod";

/**
 * Why a location was not seen, or not to its end. `no-copies`: its objects could be read, and none may be copied;
 * `all-failed`: the first objects failed one and all.
 */
const UNSEEN_REASONS = ["denied", "absent", "other-region", "no-copies", "all-failed", "other"] as const;

export const unseenSchema = z.object({
  because: z.enum(UNSEEN_REASONS),
  /** What happened and what to do, for a person. */
  detail: z.string(),
});
export type Unseen = z.infer<typeof unseenSchema>;

/** A location could not be seen, though the run went on with the others; or it could after all, in a later session. */
export const sightRecordSchema = z.object({
  kind: z.literal("sight"),
  bucket: z.string(),
  prefix: z.string(),
  /** `null`: it was seen to its end after all. */
  unseen: unseenSchema.nullable(),
  at: z.string(),
});
export type SightRecord = z.infer<typeof sightRecordSchema>;
