import { z } from "zod";
import { ENCRYPTION_STATES } from "../model/encryption.js";

const originSchema = z.object({
  run: z.string(),
  startedAt: z.string().nullable(),
  /** How many lines of it the baseline rests on. */
  lines: z.number().int().nonnegative(),
});

/** What a sampled object was said to be, and what it was found to be. */
export const contradictionSchema = z.object({
  bucket: z.string(),
  key: z.string(),
  versionId: z.string().nullable(),
  said: z.enum(ENCRYPTION_STATES),
  found: z.enum(ENCRYPTION_STATES),
  detail: z.string(),
  at: z.string(),
});
export type Contradiction = z.infer<typeof contradictionSchema>;

/** The earlier run that an audit went by, and how far. */
export const baselineRecordSchema = z.object({
  /** `digestOfRun` of its folder. */
  run: z.string(),
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  /** How many of its lines could count. */
  lines: z.number().int().nonnegative(),
  /** The runs that read them from the store: itself, and those that it went by in turn. */
  origins: z.array(originSchema),
  /** What was asked for. */
  samplePercent: z.number(),
  /** Of so many objects that are as the baseline says, one was read all the same; more than what was asked for, where those were few. */
  oneOf: z.number(),
  seed: z.number().int().nonnegative(),
  /** Why nothing was taken from it in the end; `null` where no sampled object contradicted it. */
  dropped: contradictionSchema.nullable(),
  /** The keys, given for it, that had signed it; empty where none was given, so that it vouches for itself alone. Absent in runs of older versions. */
  signedBy: z.array(z.string()).optional(),
  /** Why nothing was taken from it from the beginning. `not-signed`: the run is signed, and no key was given to check the baseline by. */
  leftOut: z.literal("not-signed").optional(),
});
export type BaselineRecord = z.infer<typeof baselineRecordSchema>;

/** Whether lines of a run rest on a baseline that no given key had signed: nobody should put a name to such a run. */
export function restsOnUnsigned(baseline: BaselineRecord | undefined): boolean {
  if (baseline === undefined || baseline.dropped !== null || baseline.leftOut !== undefined) return false;
  return (baseline.signedBy ?? []).length === 0;
}
