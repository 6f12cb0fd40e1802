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
  /** Number of its lines that the baseline depends on. */
  lines: z.number().int().nonnegative(),
});

/** The recorded and the actual state of a sampled object. */
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

/** The earlier run that an audit used as its baseline, and how much of it. */
const baselineRecordSchema = z.object({
  /** `digestOfRun` of its folder. */
  run: z.string(),
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  /** Number of its usable lines. */
  lines: z.number().int().nonnegative(),
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
const keyManifestRecordSchema = z.object({
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

const capabilitiesSchema = z.object({
  from: z.enum(["documents", "probe"]),
  values: z.record(z.string(), z.unknown()),
});

const evidenceSchema = z.looseObject({
  operation: z.string(),
  status: z.number().nullable(),
  code: z.string().nullable(),
});

/** The results of a probe of the bucket, and the objects that it left behind. */
const bucketProbeSchema = z.object({
  /** The key prefix of the test objects. */
  folder: z.string(),
  probedAt: z.string(),
  obstacle: z
    .looseObject({ because: z.string(), evidence: evidenceSchema.nullable(), missingRights: z.array(z.string()) })
    .nullable(),
  findings: z.array(z.looseObject({ topic: z.string(), kind: z.string() })),
  missingRights: z.array(z.string()),
  leftovers: z.array(z.looseObject({ kind: z.string(), key: z.string() })),
  /** Warnings for the reader of the report. */
  warnings: z.array(z.string()),
});
export type BucketProbe = z.infer<typeof bucketProbeSchema>;

const seenWaySchema = z.object({
  way: z.enum(STRATEGIES),
  /** Objects with these properties are no longer copied this way. */
  lost: z.array(z.enum(PROPERTIES)),
  /** Whether no object is copied this way any longer. */
  closed: z.boolean(),
  /** Whether only objects under a customer key are excluded. */
  toCustomerKeys: z.literal(true).optional(),
  because: z.string(),
});
export type SeenWay = z.infer<typeof seenWaySchema>;

/** Facts about the bucket itself, read before its objects. */
const bucketFindingsSchema = z.object({
  bucket: z.string(),
  /** The region of its requests, if it differs from the run's. */
  region: z.string().optional(),
  defaultEncryption: z.object({
    before: z.enum(DEFAULT_ENCRYPTIONS),
    /** Before the first object: as set by this run, or unchanged. */
    after: z.enum(DEFAULT_ENCRYPTIONS),
    /** By the store's clock; absent if this run did not set it. */
    setAt: z.string().optional(),
  }),
  versioning: z.enum(["never", "enabled", "suspended", "unreadable"]),
  /** `locks-by-default`: enabled, with a default retention for every new object. */
  objectLock: z.enum(["absent", "present", "locks-by-default", "unreadable"]),
  /**
   * Uploads that were created before this run and are still open. They may complete unencrypted. `null` if
   * unreadable.
   */
  openMultipartUploads: z.number().int().nonnegative().nullable(),
  lifecycle: lifecycleSchema.optional(),
  replication: replicationSchema.optional(),
  policy: bucketPolicySchema.optional(),
  /** Absent if the run did not finish. */
  atEnd: bucketAtEndSchema.optional(),
  /**
   * The result of the canary, a test object that is copied before the first real one. Absent in audits and
   * dry runs.
   */
  canary: z
    .object({ result: z.enum(["passed", "lost", "refused", "inconclusive", "left-out"]), detail: z.string() })
    .optional(),
  /** Copy strategies that lost something during the run; absent if none did. */
  ways: z.array(seenWaySchema).optional(),
  /** The KMS key that was asked for, as HEAD of a test object under it named it; absent if no test object was put. */
  kmsKey: z.string().optional(),
  /** Absent if there was nothing to copy, or if the run did not probe. */
  probe: bucketProbeSchema.optional(),
  /** The capabilities used for this bucket's plans, if they differ from those at the start of the run. */
  capabilities: capabilitiesSchema.optional(),
  warnings: z.array(z.string()),
});
export type BucketFindings = z.infer<typeof bucketFindingsSchema>;

/** The file's name in the run folder. */
export const RUN_FILE = "run.json";

/** run.json: the options and scopes of a run, who started it and when. It never contains a secret. */
export const runRecordSchema = z.object({
  schema: knownSchema("bucketseal/run/1"),
  /** Unique to this run. All its sessions share it. */
  id: z.uuid(),
  tool: z.object({ name: z.literal("bucketseal"), version: z.string(), node: z.string() }),
  command: z.enum(["audit", "migrate"]),
  dryRun: z.boolean(),
  provider: z.string(),
  endpoint: z.string(),
  region: z.string(),
  /** The ID of the access key that signed the requests of the last session. */
  accessKeyId: z.string().nullable(),
  /** The owner of these buckets according to ListBuckets; absent if the run did not call it. */
  owner: z.object({ id: z.string(), displayName: z.string().nullable() }).optional(),
  /**
   * The capabilities at the start of planning: from the provider's documentation, or from a given probe of
   * this bucket.
   */
  capabilities: capabilitiesSchema.optional(),
  scopes: z.array(scopeSchema),
  /** Options as given, without secrets. */
  options: z.record(z.string(), z.unknown()),
  /** The effective settings of the last session, including defaults. */
  settings: z.record(z.string(), z.unknown()).optional(),
  /** The MD5s of the customer keys (SSE-C) given to the run: the target key and the source keys. */
  customerKeys: z
    .object({ target: z.string().nullable(), sources: z.array(z.object({ prefix: z.string(), md5: z.string() })) })
    .optional(),
  /** The KMS key (SSE-KMS) to encrypt with, as it was given; absent if the run encrypts otherwise. */
  kmsKey: z.object({ given: z.string(), bucketKey: z.boolean() }).optional(),
  /** The key manifest that the run was restricted to; absent if there was none. */
  keyManifest: keyManifestRecordSchema.optional(),
  /** Absent if the run used none. */
  baseline: baselineRecordSchema.optional(),
  buckets: z.array(bucketFindingsSchema),
  /** One entry per start; a resumed run has several. */
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
