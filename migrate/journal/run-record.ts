import { z } from "zod";

/** A part of a bucket that a run covers; an empty prefix is the whole bucket. */
export const scopeSchema = z.object({ bucket: z.string(), prefix: z.string() });
export type Scope = z.infer<typeof scopeSchema>;

export const DEFAULT_ENCRYPTIONS = ["none", "sse-s3", "sse-kms", "dsse-kms", "unreadable", "unsupported"] as const;
export type DefaultEncryption = (typeof DEFAULT_ENCRYPTIONS)[number];

/** What was found of the bucket itself, before its objects were looked at. */
export const bucketFindingsSchema = z.object({
  bucket: z.string(),
  defaultEncryption: z.object({ before: z.enum(DEFAULT_ENCRYPTIONS), after: z.enum(DEFAULT_ENCRYPTIONS) }),
  versioning: z.enum(["never", "enabled", "suspended", "unreadable"]),
  /** `locks-by-default`: present, with a default retention for every new object. */
  objectLock: z.enum(["absent", "present", "locks-by-default", "unreadable"]),
  /** Uploads begun before this run and still open: they may land unencrypted. `null` where unreadable. */
  openMultipartUploads: z.number().int().nonnegative().nullable(),
  /** What became of the throw-away object that was copied before the first real one; absent in an audit or a dry run. */
  canary: z.object({ result: z.enum(["passed", "inconclusive", "left-out"]), detail: z.string() }).optional(),
  warnings: z.array(z.string()),
});
export type BucketFindings = z.infer<typeof bucketFindingsSchema>;

/** The file's name in the run folder. */
export const RUN_FILE = "run.json";

/** run.json: what was asked, of whom, by whom, when. Never a secret. */
export const runRecordSchema = z.object({
  schema: z.literal("bucketseal/run/1"),
  tool: z.object({ name: z.literal("bucketseal"), version: z.string(), node: z.string() }),
  command: z.enum(["audit", "migrate"]),
  dryRun: z.boolean(),
  provider: z.string(),
  endpoint: z.string(),
  region: z.string(),
  /** The access key id, as far as the store tells who acted. */
  accessKeyId: z.string().nullable(),
  /** What the plans were made from: the provider's documents, or a probe of this very bucket. */
  capabilities: z
    .object({ from: z.enum(["documents", "probe"]), values: z.record(z.string(), z.unknown()) })
    .optional(),
  scopes: z.array(scopeSchema),
  /** Options as resolved, secrets left out. */
  options: z.record(z.string(), z.unknown()),
  /** The MD5s of the customer keys (SSE-C) that the run was given: the one to encrypt with, and those to open objects with. */
  customerKeys: z
    .object({ target: z.string().nullable(), sources: z.array(z.object({ prefix: z.string(), md5: z.string() })) })
    .optional(),
  buckets: z.array(bucketFindingsSchema),
  /** One entry a start; a resumed run has several. */
  sessions: z.array(
    z.object({
      startedAt: z.string(),
      endedAt: z.string().nullable(),
      end: z.enum(["complete", "interrupted", "aborted"]).nullable(),
      /** Why it was aborted. */
      message: z.string().nullable(),
    }),
  ),
});
export type RunRecord = z.infer<typeof runRecordSchema>;
