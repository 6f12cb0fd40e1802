import { z } from "zod";
import { ENCRYPTION_STATES, EVIDENCE } from "../model/encryption.js";
import { ENCRYPTED_REASONS, FAIL_REASONS, RACE_GUARDS, STRATEGIES, VERSION_LEFT_REASONS } from "../model/reason.js";

/** One look at one object version. Dates are ISO 8601 in UTC; `etag` has no quotes. */
export const observationSchema = z
  .object({
    state: z.enum(ENCRYPTION_STATES),
    /** `null` if nothing was seen; the state is then `unknown`. */
    evidence: z.enum(EVIDENCE).nullable(),
    etag: z.string().nullable(),
    sizeBytes: z.number().int().nonnegative(),
    lastModified: z.string().nullable(),
    storageClass: z.string(),
    /** The KMS key as HEAD names it; absent if it names none, and in runs that do not encrypt under one. */
    kmsKeyId: z.string().optional(),
    /** `null` if the bucket was never versioned. */
    versionId: z.string().nullable(),
  })
  // Its name in the published JSON Schema.
  .meta({ id: "observation" });
export type Observation = z.infer<typeof observationSchema>;

/**
 * `taken`: the object still matches the baseline's line, so the store was not asked. `sampled`: it was read
 * anyway and matched that line.
 */
const BASELINE_USES = ["taken", "sampled"] as const;

/** The journal line of an earlier run that read the state of an object from the store. */
export const baselineLineSchema = z.object({
  /** `digestOfRun` of that run's folder. */
  run: z.string().regex(/^[0-9a-f]{64}$/),
  /** Path in that folder, separated by `/`. */
  segment: z.string(),
  /** Starts at 1. */
  line: z.number().int().positive(),
  use: z.enum(BASELINE_USES),
});
export type BaselineLine = z.infer<typeof baselineLineSchema>;

/** The outcome of a noncurrent version. */
const versionOutcomeSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("encrypted"), reason: z.enum(ENCRYPTED_REASONS) }),
  /** Unencrypted and still there. `until` is the end of its lock, if the lock has one. */
  z.object({ kind: z.literal("plaintext"), reason: z.enum(VERSION_LEFT_REASONS), until: z.string().nullable() }),
  z.object({ kind: z.literal("removed") }),
  z.object({ kind: z.literal("unproven"), reason: z.enum(["sse-c-without-key", "unrecognised-encryption"]) }),
  z.object({ kind: z.literal("failed"), reason: z.enum(FAIL_REASONS), detail: z.string() }),
  z.object({ kind: z.literal("vanished") }),
]);
export type VersionOutcome = z.infer<typeof versionOutcomeSchema>;
export type VersionOutcomeKind = VersionOutcome["kind"];

/**
 * A noncurrent version, identified by `before.versionId`. It is a separate kind, so that readers that do not
 * know it do not count it as an object.
 */
export const versionRecordSchema = z.object({
  kind: z.literal("version"),
  bucket: z.string(),
  key: z.string(),
  before: observationSchema,
  outcome: versionOutcomeSchema,
  notes: z.array(z.string()),
  /** Duration of the look plus the removal, if there was one; absent if neither was made. */
  durationMs: z.number().nonnegative().optional(),
  requestIds: z.array(z.string()).optional(),
  /** Absent if no baseline was involved. */
  baseline: baselineLineSchema.optional(),
  at: z.string(),
});
export type VersionRecord = z.infer<typeof versionRecordSchema>;

/**
 * Every noncurrent version of the keys in the range up to and including `upTo` has its record above this
 * line.
 */
export const versionCheckpointSchema = z.object({
  kind: z.literal("version-checkpoint"),
  bucket: z.string(),
  prefix: z.string(),
  /** The range of keys that it is about, `(after, through]`. Absent bounds are those of the scope. */
  after: z.string().optional(),
  through: z.string().optional(),
  /** The earlier checkpoints of the scope are void, because its versions are listed again as one range. */
  afresh: z.literal(true).optional(),
  /** `null` before the first key. */
  upTo: z.string().nullable(),
  /**
   * Noncurrent versions that have passed the filters so far. The lister counts them independently of the
   * records.
   */
  listed: z.number().int().nonnegative(),
  filteredOut: z.number().int().nonnegative(),
  deleteMarkers: z.number().int().nonnegative(),
  /** The listing ended here. */
  end: z.boolean(),
  /** Why the listing was interrupted, in the store's words. */
  refused: z.string().nullable(),
  /** The order in which the store lists keys; absent if it is by UTF-8 bytes. */
  order: z.literal("utf-16").optional(),
  at: z.string(),
});
export type VersionCheckpoint = z.infer<typeof versionCheckpointSchema>;

/**
 * The chain of versions of one key is about to be re-created. The outcome of the object tells how it ended.
 */
export const replayRecordSchema = z.object({
  kind: z.literal("replay"),
  bucket: z.string(),
  key: z.string(),
  /** The entries that are re-created and then removed, oldest first. */
  range: z.array(
    z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("version"), versionId: z.string(), before: observationSchema }),
      z.object({ kind: z.literal("delete-marker"), versionId: z.string() }),
    ]),
  ),
  /** IDs of all noncurrent versions, which stay. */
  older: z.array(z.string()),
  at: z.string(),
});
type ReplayRecord = z.infer<typeof replayRecordSchema>;
export type RangeEntry = ReplayRecord["range"][number];

/** One entry of a range was re-created and verified to be identical and encrypted. */
export const replayStepSchema = z.object({
  kind: z.literal("replay-step"),
  bucket: z.string(),
  key: z.string(),
  /** The version ID in the range and the ID of the version re-created from it. */
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

/** A noncurrent version that was re-created encrypted, as recorded in the outcome of its object. */
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
