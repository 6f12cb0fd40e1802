import { z } from "zod";

/** A part of a bucket that a run covers; an empty prefix is the whole bucket. */
export const scopeSchema = z.object({ bucket: z.string(), prefix: z.string() });
export type Scope = z.infer<typeof scopeSchema>;

export const DEFAULT_ENCRYPTIONS = ["none", "sse-s3", "sse-kms", "dsse-kms", "unreadable", "unsupported"] as const;
export type DefaultEncryption = (typeof DEFAULT_ENCRYPTIONS)[number];

const capabilitiesSchema = z.object({
  from: z.enum(["documents", "probe"]),
  values: z.record(z.string(), z.unknown()),
});

const evidenceSchema = z.looseObject({
  operation: z.string(),
  status: z.number().nullable(),
  code: z.string().nullable(),
});

/** What a probe of the bucket found, and what it left behind. */
export const bucketProbeSchema = z.object({
  /** What the keys of the throw-away objects began with. */
  folder: z.string(),
  probedAt: z.string(),
  obstacle: z
    .looseObject({ because: z.string(), evidence: evidenceSchema.nullable(), missingRights: z.array(z.string()) })
    .nullable(),
  findings: z.array(z.looseObject({ topic: z.string(), kind: z.string() })),
  missingRights: z.array(z.string()),
  leftovers: z.array(z.looseObject({ kind: z.string(), key: z.string() })),
  /** What of it whoever reads the report should know. */
  warnings: z.array(z.string()),
});
export type BucketProbe = z.infer<typeof bucketProbeSchema>;

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
  /** Absent where nothing was to be copied, and where the run did not probe. */
  probe: bucketProbeSchema.optional(),
  /** What the plans for this bucket were made from, where it was not what the run began with. */
  capabilities: capabilitiesSchema.optional(),
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
  /** What planning began with: the provider's documents, or a probe of this very bucket that was given. */
  capabilities: capabilitiesSchema.optional(),
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
