import { z } from "zod";
import { PROPERTIES } from "../model/capabilities.js";
import { DEFAULT_ENCRYPTIONS } from "../model/encryption.js";
import { knownSchema } from "../model/parse.js";
import { scopeSchema } from "../model/scope.js";
import { STRATEGIES } from "../model/strategy.js";
import { baselineRecordSchema } from "./baseline-record.js";
import { bucketAtEndSchema } from "./bucket-at-end.js";
import { bucketPolicySchema, lifecycleSchema, replicationSchema } from "./bucket-rules.js";
import { keyManifestRecordSchema } from "./key-manifest-record.js";

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

const seenWaySchema = z.object({
  way: z.enum(STRATEGIES),
  /** What objects have that no longer go this way. */
  lost: z.array(z.enum(PROPERTIES)),
  /** Whether no object goes this way any more. */
  closed: z.boolean(),
  /** Whether it is closed to what is under a customer key alone. */
  toCustomerKeys: z.literal(true).optional(),
  because: z.string(),
});
export type SeenWay = z.infer<typeof seenWaySchema>;

/** What was found of the bucket itself, before its objects were looked at. */
export const bucketFindingsSchema = z.object({
  bucket: z.string(),
  /** In which region its requests went, if not in the run's. */
  region: z.string().optional(),
  defaultEncryption: z.object({
    before: z.enum(DEFAULT_ENCRYPTIONS),
    /** Before the first object: as this run set it, or as it was. */
    after: z.enum(DEFAULT_ENCRYPTIONS),
    /** By the store's clock; absent where this run did not set it. */
    setAt: z.string().optional(),
  }),
  versioning: z.enum(["never", "enabled", "suspended", "unreadable"]),
  /** `locks-by-default`: present, with a default retention for every new object. */
  objectLock: z.enum(["absent", "present", "locks-by-default", "unreadable"]),
  /** Uploads begun before this run and still open: they may land unencrypted. `null` where unreadable. */
  openMultipartUploads: z.number().int().nonnegative().nullable(),
  lifecycle: lifecycleSchema.optional(),
  replication: replicationSchema.optional(),
  policy: bucketPolicySchema.optional(),
  /** Absent where the run did not come to its end. */
  atEnd: bucketAtEndSchema.optional(),
  /** What became of the throw-away object that was copied before the first real one; absent in an audit or a dry run. */
  canary: z
    .object({ result: z.enum(["passed", "lost", "refused", "inconclusive", "left-out"]), detail: z.string() })
    .optional(),
  /** Ways of copying that were seen to lose something as the run went on; absent if none was. */
  ways: z.array(seenWaySchema).optional(),
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
  schema: knownSchema("bucketseal/run/1"),
  /** Of this run alone, however many sessions it takes. */
  id: z.uuid(),
  tool: z.object({ name: z.literal("bucketseal"), version: z.string(), node: z.string() }),
  command: z.enum(["audit", "migrate"]),
  dryRun: z.boolean(),
  provider: z.string(),
  endpoint: z.string(),
  region: z.string(),
  /** The access key id that signed the requests of the last session. */
  accessKeyId: z.string().nullable(),
  /** Whose buckets ListBuckets says these are; absent where the run did not ask it. */
  owner: z.object({ id: z.string(), displayName: z.string().nullable() }).optional(),
  /** What planning began with: the provider's documents, or a probe of this very bucket that was given. */
  capabilities: capabilitiesSchema.optional(),
  scopes: z.array(scopeSchema),
  /** Options as they were given, secrets left out. */
  options: z.record(z.string(), z.unknown()),
  /** What the run went by in its last session, defaults filled in. */
  settings: z.record(z.string(), z.unknown()).optional(),
  /** The MD5s of the customer keys (SSE-C) that the run was given: the one to encrypt with, and those to open objects with. */
  customerKeys: z
    .object({ target: z.string().nullable(), sources: z.array(z.object({ prefix: z.string(), md5: z.string() })) })
    .optional(),
  /** The list of objects that the run was kept to; absent where it was kept to none. */
  keyManifest: keyManifestRecordSchema.optional(),
  /** Absent where the run went by none. */
  baseline: baselineRecordSchema.optional(),
  buckets: z.array(bucketFindingsSchema),
  /** One entry a start; a resumed run has several. */
  sessions: z.array(
    z.object({
      startedAt: z.string(),
      accessKeyId: z.string().nullable().optional(),
      toolVersion: z.string().optional(),
      endedAt: z.string().nullable(),
      end: z.enum(["complete", "interrupted", "aborted"]).nullable(),
      /** Why it was aborted. */
      message: z.string().nullable(),
    }),
  ),
});
export type RunRecord = z.infer<typeof runRecordSchema>;
