import { z } from "zod";
import {
  decisionSchema,
  ENCRYPTED_REASONS,
  FAIL_REASONS,
  NOT_FOUND_REASONS,
  REFUSE_REASONS,
  SKIP_REASONS,
} from "../model/reason.js";
import { RACE_GUARDS, STRATEGIES } from "../model/strategy.js";
import { arrivalsRecordSchema, sightRecordSchema } from "./bucket-record.js";
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

/** What became of the object. `detail` is in the store's own words. */
export const outcomeSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("already-encrypted"), reason: z.enum(ENCRYPTED_REASONS) }),
  z.object({ kind: z.literal("migrated"), strategy: z.enum(STRATEGIES), guard: z.enum(RACE_GUARDS) }),
  z.object({ kind: z.literal("skipped"), reason: z.enum(SKIP_REASONS) }),
  z.object({ kind: z.literal("refused"), reason: z.enum(REFUSE_REASONS) }),
  z.object({ kind: z.literal("failed"), reason: z.enum(FAIL_REASONS), detail: z.string() }),
  z.object({ kind: z.literal("vanished") }),
  /** A manifest names it, and the bucket does not have it, or has another object of that key. */
  z.object({ kind: z.literal("not-found"), reason: z.enum(NOT_FOUND_REASONS) }),
]);
export type Outcome = z.infer<typeof outcomeSchema>;
export type OutcomeKind = Outcome["kind"];

/** Whether there was no such object, so that it has no state. */
export function isAbsent(kind: OutcomeKind): boolean {
  return kind === "vanished" || kind === "not-found";
}

/** One object version: what it was, what was done, on what evidence. */
export const outcomeRecordSchema = z.object({
  kind: z.literal("outcome"),
  bucket: z.string(),
  key: z.string(),
  before: observationSchema,
  /** Read back after the copy; `null` where nothing was written. */
  after: observationSchema.nullable(),
  decision: decisionSchema,
  outcome: outcomeSchema,
  /** Things an auditor should know that are no failure, e.g. an ETag that changed. */
  notes: z.array(z.string()),
  /** How often the object was looked at: more than once where others kept writing to it. */
  attempts: z.number().int().nonnegative(),
  durationMs: z.number().nonnegative(),
  requestIds: z.array(z.string()),
  /** Absent where no baseline had to do with it. */
  baseline: baselineLineSchema.optional(),
  /** Its older versions that were re-created encrypted; what stood there before was removed. */
  replayed: z.array(replayedSchema).optional(),
  at: z.string(),
});
export type OutcomeRecord = z.infer<typeof outcomeRecordSchema>;

/** Every key of the scope up to and including `upTo` has its outcome above this line. */
export const checkpointRecordSchema = z.object({
  kind: z.literal("checkpoint"),
  bucket: z.string(),
  prefix: z.string(),
  /** `null` before the first key. */
  upTo: z.string().nullable(),
  /** Counted by the lister, apart from the outcomes: objects that passed the filters so far. */
  listed: z.number().int().nonnegative(),
  /** Objects that the filters left out so far. */
  filteredOut: z.number().int().nonnegative(),
  /** The listing of this scope ended here. */
  end: z.boolean(),
  /** Objects that the listing had shown and that have no outcome yet; absent unless the run stopped here. */
  knownLeft: z.number().int().nonnegative().optional(),
  /** In which order the store lists keys, where that is not by their UTF-8 bytes. */
  order: z.literal("utf-16").optional(),
  at: z.string(),
});
export type CheckpointRecord = z.infer<typeof checkpointRecordSchema>;

const tagSchema = z.object({ key: z.string(), value: z.string() });

/** A copy that takes more than one call is about to begin. An outcome of the same object says how it ended. */
export const intentRecordSchema = z.object({
  kind: z.literal("intent"),
  bucket: z.string(),
  key: z.string(),
  strategy: z.enum(STRATEGIES),
  /** Of the object as it was: bare, and in bytes. */
  etag: z.string(),
  sizeBytes: z.number().int().nonnegative(),
  /** To be put once the copy is there: until then they stand nowhere else. */
  tagsToPut: z.array(tagSchema),
  /** Uploads to the same key that others had begun before; `null` where they could not be listed, or none is begun. */
  otherUploads: z.array(z.string()).nullable(),
  at: z.string(),
});
export type IntentRecord = z.infer<typeof intentRecordSchema>;

/** A multipart upload that the run began. It is completed or aborted before the object's outcome is written. */
export const uploadRecordSchema = z.object({
  kind: z.literal("upload"),
  bucket: z.string(),
  key: z.string(),
  uploadId: z.string(),
  at: z.string(),
});
export type UploadRecord = z.infer<typeof uploadRecordSchema>;

/** What a throw-away object's key holds: what a sweep deletes has to look like it, whatever a journal says. */
const THROW_AWAY_KEY = /\.bucketseal-(probe|canary)-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\/?$/;

/** Throw-away objects are about to be written, and are deleted again before the run ends. */
export const throwAwayRecordSchema = z.object({
  kind: z.literal("throw-away"),
  bucket: z.string(),
  /** What all their keys begin with. */
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
