import { z } from "zod";
import {
  decisionSchema,
  ENCRYPTED_REASONS,
  FAIL_REASONS,
  NOT_FOUND_REASONS,
  RACE_GUARDS,
  REFUSE_REASONS,
  SKIP_REASONS,
  STRATEGIES,
} from "../model/reason.js";
import { arrivalsRecordSchema, sightRecordSchema } from "./bucket-record.js";
import { READ_BECAUSE } from "./input-records.js";
import {
  baselineLineSchema,
  observationSchema,
  removalRecordSchema,
  replayedSchema,
  replayRecordSchema,
  replayStepSchema,
  versionCheckpointSchema,
  versionRecordSchema,
} from "./observation.js";

export type { Observation } from "./observation.js";

/** The outcome of an object. `detail` is in the store's words. */
export const outcomeSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("already-encrypted"), reason: z.enum(ENCRYPTED_REASONS) }),
  z.object({ kind: z.literal("migrated"), strategy: z.enum(STRATEGIES), guard: z.enum(RACE_GUARDS) }),
  z.object({ kind: z.literal("skipped"), reason: z.enum(SKIP_REASONS) }),
  z.object({ kind: z.literal("refused"), reason: z.enum(REFUSE_REASONS) }),
  z.object({ kind: z.literal("failed"), reason: z.enum(FAIL_REASONS), detail: z.string() }),
  z.object({ kind: z.literal("vanished") }),
  /** A manifest lists it, but the bucket does not contain it or contains another object under that key. */
  z.object({ kind: z.literal("not-found"), reason: z.enum(NOT_FOUND_REASONS) }),
]);
export type Outcome = z.infer<typeof outcomeSchema>;
export type OutcomeKind = Outcome["kind"];

/** Whether there was no such object, so that it has no state. */
export function isAbsent(kind: OutcomeKind): boolean {
  return kind === "vanished" || kind === "not-found";
}

/** One object version: its state before, the decision and its evidence, and the outcome. */
export const outcomeRecordSchema = z.object({
  kind: z.literal("outcome"),
  bucket: z.string(),
  key: z.string(),
  before: observationSchema,
  /** Read back after the copy; `null` if nothing was written. */
  after: observationSchema.nullable(),
  decision: decisionSchema,
  outcome: outcomeSchema,
  /** Facts for an auditor that are not failures, for example that the ETag changed. */
  notes: z.array(z.string()),
  /** How often the object was examined; more than once if others kept writing to it. */
  attempts: z.number().int().nonnegative(),
  durationMs: z.number().nonnegative(),
  requestIds: z.array(z.string()),
  /** Absent if no baseline was involved. */
  baseline: baselineLineSchema.optional(),
  /** Why no line of the baseline was used; absent if one was, or if none was looked up. */
  readBecause: z.enum(READ_BECAUSE).optional(),
  /** Its noncurrent versions that were re-created encrypted. The originals were removed. */
  replayed: z.array(replayedSchema).optional(),
  at: z.string(),
});
export type OutcomeRecord = z.infer<typeof outcomeRecordSchema>;

/**
 * Every key of the scope, or of the part of it that the line names, up to and including `upTo` has its outcome
 * above this line.
 */
export const checkpointRecordSchema = z.object({
  kind: z.literal("checkpoint"),
  bucket: z.string(),
  prefix: z.string(),
  /** The part of the scope begins after this key; absent if it begins with the scope. */
  after: z.string().optional(),
  /** The part of the scope ends with this key; absent if it ends with the scope. */
  through: z.string().optional(),
  /** The earlier checkpoints of the scope are void, because its listing turned out to have no order. */
  afresh: z.literal(true).optional(),
  /** `null` before the first key. */
  upTo: z.string().nullable(),
  /** Objects that have passed the filters so far. The lister counts them independently of the outcomes. */
  listed: z.number().int().nonnegative(),
  /** Objects that the filters have excluded so far. */
  filteredOut: z.number().int().nonnegative(),
  /** The listing of this scope ended here. */
  end: z.boolean(),
  /** Listed objects that have no outcome yet; absent unless the run stopped here. */
  knownLeft: z.number().int().nonnegative().optional(),
  /** The order in which the store lists keys; absent if it is by UTF-8 bytes. */
  order: z.literal("utf-16").optional(),
  at: z.string(),
});
export type CheckpointRecord = z.infer<typeof checkpointRecordSchema>;

const tagSchema = z.object({ key: z.string(), value: z.string() });

/** A copy of more than one call is about to begin. The outcome of the object tells how it ended. */
export const intentRecordSchema = z.object({
  kind: z.literal("intent"),
  bucket: z.string(),
  key: z.string(),
  strategy: z.enum(STRATEGIES),
  /** The object before the copy: ETag without quotes, size in bytes. */
  etag: z.string(),
  sizeBytes: z.number().int().nonnegative(),
  /** Tags to set once the copy exists. Until then they are stored only here. */
  tagsToPut: z.array(tagSchema),
  /**
   * Uploads to the same key that others created earlier; `null` if they could not be listed, or if this copy
   * creates none.
   */
  otherUploads: z.array(z.string()).nullable(),
  at: z.string(),
});
export type IntentRecord = z.infer<typeof intentRecordSchema>;

/**
 * A multipart upload that the run created. It is completed or aborted before the outcome of the object is
 * written.
 */
export const uploadRecordSchema = z.object({
  kind: z.literal("upload"),
  bucket: z.string(),
  key: z.string(),
  uploadId: z.string(),
  at: z.string(),
});
export type UploadRecord = z.infer<typeof uploadRecordSchema>;

/** The form of a test object's key. A sweep deletes only keys of this form, whatever the journal says. */
const THROW_AWAY_KEY = /\.bucketseal-(probe|canary)-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\/?$/;

/** Test objects are about to be written. They are deleted before the run ends. */
export const throwAwayRecordSchema = z.object({
  kind: z.literal("throw-away"),
  bucket: z.string(),
  /** The prefix of all their keys. */
  key: z.string().regex(THROW_AWAY_KEY),
  at: z.string(),
});
export type ThrowAwayRecord = z.infer<typeof throwAwayRecordSchema>;

export const journalRecordSchema = z.discriminatedUnion("kind", [
  outcomeRecordSchema,
  checkpointRecordSchema,
  intentRecordSchema,
  uploadRecordSchema,
  versionRecordSchema,
  versionCheckpointSchema,
  removalRecordSchema,
  replayRecordSchema,
  replayStepSchema,
  throwAwayRecordSchema,
  arrivalsRecordSchema,
  sightRecordSchema,
]);
export type JournalRecord = z.infer<typeof journalRecordSchema>;
