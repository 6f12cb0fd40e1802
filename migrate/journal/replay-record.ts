import { z } from "zod";
import { RACE_GUARDS, STRATEGIES } from "../model/strategy.js";
import { observationSchema } from "./observation.js";

/** The chain of one key's versions is about to be re-created. An outcome of the same object says how it ended. */
export const replayRecordSchema = z.object({
  kind: z.literal("replay"),
  bucket: z.string(),
  key: z.string(),
  /** What is re-created and then removed, the oldest first. */
  range: z.array(
    z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("version"), versionId: z.string(), before: observationSchema }),
      z.object({ kind: z.literal("delete-marker"), versionId: z.string() }),
    ]),
  ),
  /** Version ids of all that is older, and stays. */
  older: z.array(z.string()),
  at: z.string(),
});
export type ReplayRecord = z.infer<typeof replayRecordSchema>;
export type RangeEntry = ReplayRecord["range"][number];

/** One entry of a range was re-created and found to be the same, encrypted. */
export const replayStepSchema = z.object({
  kind: z.literal("replay-step"),
  bucket: z.string(),
  key: z.string(),
  /** The version id in the range, and that of what was made of it. */
  of: z.string(),
  versionId: z.string(),
  /** `null` for a delete marker. */
  after: observationSchema.nullable(),
  /** `null` for a delete marker. */
  strategy: z.enum(STRATEGIES).nullable(),
  guard: z.enum(RACE_GUARDS).nullable(),
  requestIds: z.array(z.string()).optional(),
  notes: z.array(z.string()),
  at: z.string(),
});
export type ReplayStep = z.infer<typeof replayStepSchema>;

/** An older version that was re-created encrypted, as the outcome of its object tells it. */
export const replayedSchema = z.object({
  before: observationSchema,
  after: observationSchema,
  strategy: z.enum(STRATEGIES).nullable().optional(),
  guard: z.enum(RACE_GUARDS).nullable().optional(),
  requestIds: z.array(z.string()).optional(),
});

/** A noncurrent version is about to be removed. */
export const removalRecordSchema = z.object({
  kind: z.literal("removal"),
  bucket: z.string(),
  key: z.string(),
  before: observationSchema,
  at: z.string(),
});
export type RemovalRecord = z.infer<typeof removalRecordSchema>;
