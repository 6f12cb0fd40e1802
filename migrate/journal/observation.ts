import { z } from "zod";
import { ENCRYPTION_STATES, EVIDENCE } from "../model/encryption.js";
import { ENCRYPTED_REASONS, FAIL_REASONS, VERSION_LEFT_REASONS } from "../model/reason.js";
import { RACE_GUARDS, STRATEGIES } from "../model/strategy.js";

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

/** What became of a noncurrent version. */
const versionOutcomeSchema = z.discriminatedUnion("kind", [
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
type ReplayRecord = z.infer<typeof replayRecordSchema>;
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
