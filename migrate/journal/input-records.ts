import { z } from "zod";
import { ENCRYPTION_STATES } from "../model/encryption.js";

/** Why an audit read an object although it had a baseline. */
export const READ_BECAUSE = [
  "not-in-baseline",
  "changed",
  "sampled",
  "just-written",
  "failed",
  "no-evidence",
  "customer-key",
  "plaintext",
  "two-lines",
  "version-not-listed",
] as const;
export type ReadBecause = (typeof READ_BECAUSE)[number];

/**
 * The same for all objects of a run. `discarded`: a sampled object contradicted the baseline. `left-out`: its signature
 * was not verified. `not-looked-up`: for example because an inventory describes the object.
 */
export const READ_OF_ALL_BECAUSE = [...READ_BECAUSE, "discarded", "left-out", "not-looked-up"] as const;

/**
 * How much of a baseline an audit could use: `used` + `confirmed` + the sum of `read` = `objects`, the outcomes of the
 * run.
 */
export const baselineUseSchema = z.object({
  objects: z.number().int().nonnegative(),
  /** Not read. */
  used: z.number().int().nonnegative(),
  /** Read as part of the sample, and as the baseline says. */
  confirmed: z.number().int().nonnegative(),
  /** Read without its help. */
  read: z.partialRecord(z.enum(READ_OF_ALL_BECAUSE), z.number().int().positive()),
});
export type BaselineUse = z.infer<typeof baselineUseSchema>;
export type ReadOfAllBecause = (typeof READ_OF_ALL_BECAUSE)[number];

const originSchema = z.object({
  run: z.string(),
  startedAt: z.string().nullable(),
  /** Number of its lines that the baseline depends on. */
  lines: z.number().int().nonnegative(),
});

/** The recorded and the actual state of a sampled object. */
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

/** The earlier run that an audit used as its baseline, and how much of it. */
export const baselineRecordSchema = z.object({
  /** `digestOfRun` of its folder. */
  run: z.string(),
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  /** Number of its usable lines. */
  lines: z.number().int().nonnegative(),
  /** Number of its lines about objects that cannot be used. Absent in runs of older versions. */
  unusable: z.number().int().nonnegative().optional(),
  /**
   * The runs that read these lines from the store: the baseline itself, and the baselines that it used in
   * turn.
   */
  origins: z.array(originSchema),
  /** As requested. */
  samplePercent: z.number(),
  /**
   * One of so many objects that match the baseline was read anyway. If few matched, more were read than
   * requested.
   */
  oneOf: z.number(),
  seed: z.number().int().nonnegative(),
  /** Why the baseline was discarded; `null` if no sampled object contradicted it. */
  dropped: contradictionSchema.nullable(),
  /**
   * The given keys whose signatures on the baseline were verified. Empty if no key was given, so nothing but
   * the baseline itself vouches for it. Absent in runs of older versions.
   */
  signedBy: z.array(z.string()).optional(),
  /**
   * Why the baseline was not used at all. `not-signed`: the run is signed, and no key was given to verify the
   * baseline.
   */
  leftOut: z.literal("not-signed").optional(),
});
export type BaselineRecord = z.infer<typeof baselineRecordSchema>;

/**
 * Whether lines of a run depend on a baseline without a verified signature. Such a run should not be signed.
 */
export function restsOnUnsigned(baseline: BaselineRecord | undefined): boolean {
  if (baseline === undefined || baseline.dropped !== null || baseline.leftOut !== undefined) return false;
  return (baseline.signedBy ?? []).length === 0;
}

/**
 * `raw`: keys as they are. `url`: URL-encoded, with `+` or `%20` for a space, as S3 writes them to an
 * inventory.
 */
export const MANIFEST_KEYS = ["raw", "url"] as const;
export type ManifestKeys = (typeof MANIFEST_KEYS)[number];

/** The key manifest that a run was restricted to. */
export const keyManifestRecordSchema = z.object({
  format: z.enum(["inventory", "keys", "keys0", "journal"]),
  /** The encoding of its keys, if it was specified. */
  keys: z.enum(MANIFEST_KEYS).optional(),
  /** The files in the order of reading; for a run folder, its `digestOfRun`. */
  files: z.array(z.object({ name: z.string(), sha256: z.string() })),
  /** When the store created the inventory, according to its own files; `null` if they do not say. */
  createdAt: z.string().nullable(),
  /** Lines that name objects in the run's scopes. Several lines may name one object. */
  lines: z.number().int().nonnegative(),
  /** Lines that name objects elsewhere. */
  outside: z.number().int().nonnegative(),
});
export type KeyManifestRecord = z.infer<typeof keyManifestRecordSchema>;
