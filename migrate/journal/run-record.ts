import { z } from "zod";
import { PROPERTIES } from "../model/capabilities.js";
import { DEFAULT_ENCRYPTIONS, ENCRYPTION_STATES } from "../model/encryption.js";
import { knownSchema } from "../model/parse.js";
import { scopeSchema } from "../model/scope.js";
import { STRATEGIES } from "../model/strategy.js";
import { bucketAtEndSchema, bucketPolicySchema, lifecycleSchema, replicationSchema } from "./bucket-record.js";

const originSchema = z.object({
  run: z.string(),
  startedAt: z.string().nullable(),
  /** How many lines of it the baseline rests on. */
  lines: z.number().int().nonnegative(),
});

/** What a sampled object was said to be, and what it was found to be. */
const contradictionSchema = z.object({
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
const baselineRecordSchema = z.object({
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

/** `raw`: keys as they are. `url`: URL-encoded, with `+` or `%20` for a space, as S3 writes them into an inventory. */
export const MANIFEST_KEYS = ["raw", "url"] as const;
export type ManifestKeys = (typeof MANIFEST_KEYS)[number];

/** The list of objects that a run was kept to. */
const keyManifestRecordSchema = z.object({
  format: z.enum(["inventory", "keys", "keys0", "journal"]),
  /** How its keys were read, if that was given. */
  keys: z.enum(MANIFEST_KEYS).optional(),
  /** What was read, in its order; of a run folder its `digestOfRun`. */
  files: z.array(z.object({ name: z.string(), sha256: z.string() })),
  /** When the store made the inventory, by its own word; `null` where nothing says so. */
  createdAt: z.string().nullable(),
  /** Lines that name objects of the run's scopes; an object may have several. */
  lines: z.number().int().nonnegative(),
  /** Lines that name objects elsewhere. */
  outside: z.number().int().nonnegative(),
});
export type KeyManifestRecord = z.infer<typeof keyManifestRecordSchema>;

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
const bucketProbeSchema = z.object({
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
const bucketFindingsSchema = z.object({
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
