import { z } from "zod";
import { knownSchema } from "../model/parse.js";

export const JOURNAL_SCHEMA = "bucketseal/journal/1";

/** What a segment held when the next one was begun. */
const segmentEndSchema = z.object({
  number: z.number().int().positive(),
  lines: z.number().int().nonnegative(),
  bytes: z.number().int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type SegmentEnd = z.infer<typeof segmentEndSchema>;

/** The first line of every segment. It tells of no object, and holds the segments together: none can be changed alone. */
export const segmentRecordSchema = z.object({
  kind: z.literal("segment"),
  schema: knownSchema(JOURNAL_SCHEMA),
  /** As in the name of its file. */
  number: z.number().int().positive(),
  /** The last segment before it that holds a line; `null` where there is none. */
  previous: segmentEndSchema.nullable(),
  at: z.string(),
});
export type SegmentRecord = z.infer<typeof segmentRecordSchema>;
