import { z } from "zod";
import { ENCRYPTED_REASONS, FAIL_REASONS, VERSION_LEFT_REASONS } from "../model/reason.js";
import { baselineLineSchema } from "./baseline-line.js";
import { observationSchema } from "./observation.js";

/** What became of a noncurrent version. */
export const versionOutcomeSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("encrypted"), reason: z.enum(ENCRYPTED_REASONS) }),
  /** Unencrypted, and still there. `until` is the end of a lock that has one. */
  z.object({ kind: z.literal("plaintext"), reason: z.enum(VERSION_LEFT_REASONS), until: z.string().nullable() }),
  z.object({ kind: z.literal("removed") }),
  z.object({ kind: z.literal("unproven"), reason: z.enum(["sse-c-without-key", "unrecognised-encryption"]) }),
  z.object({ kind: z.literal("failed"), reason: z.enum(FAIL_REASONS), detail: z.string() }),
  z.object({ kind: z.literal("vanished") }),
]);
export type VersionOutcome = z.infer<typeof versionOutcomeSchema>;
export type VersionOutcomeKind = VersionOutcome["kind"];

/** A noncurrent version, by `before.versionId`. A kind of its own: whoever does not know it must not count it as an object. */
export const versionRecordSchema = z.object({
  kind: z.literal("version"),
  bucket: z.string(),
  key: z.string(),
  before: observationSchema,
  outcome: versionOutcomeSchema,
  notes: z.array(z.string()),
  /** Of the look, and of the removal where there was one; absent where neither was made. */
  durationMs: z.number().nonnegative().optional(),
  requestIds: z.array(z.string()).optional(),
  /** Absent where no baseline had to do with it. */
  baseline: baselineLineSchema.optional(),
  at: z.string(),
});
export type VersionRecord = z.infer<typeof versionRecordSchema>;

/** Every noncurrent version of every key of the scope up to and including `upTo` has its record above this line. */
export const versionCheckpointSchema = z.object({
  kind: z.literal("version-checkpoint"),
  bucket: z.string(),
  prefix: z.string(),
  /** `null` before the first key. */
  upTo: z.string().nullable(),
  /** Counted by the lister, apart from the records: noncurrent versions that passed the filters so far. */
  listed: z.number().int().nonnegative(),
  filteredOut: z.number().int().nonnegative(),
  deleteMarkers: z.number().int().nonnegative(),
  /** The listing ended here. */
  end: z.boolean(),
  /** Why it could not be gone through, in the store's own words. */
  refused: z.string().nullable(),
  /** In which order the store lists keys, where that is not by their UTF-8 bytes. */
  order: z.literal("utf-16").optional(),
  at: z.string(),
});
export type VersionCheckpoint = z.infer<typeof versionCheckpointSchema>;
