import { z } from "zod";
import { PROPERTIES } from "../model/capabilities.js";
import { DEFAULT_ENCRYPTIONS } from "../model/encryption.js";
import { knownSchema } from "../model/parse.js";
import { planSchema } from "../model/policy.js";
import { STRATEGIES } from "../model/reason.js";
import { scopeSchema } from "../model/scope.js";
import {
  bucketAtEndSchema,
  bucketPolicySchema,
  lifecycleSchema,
  ownershipSchema,
  replicationSchema,
} from "./bucket-record.js";
import { baselineRecordSchema, keyManifestRecordSchema } from "./input-records.js";

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
  /**
   * Object Ownership. `BucketOwnerEnforced`: access control lists are disabled, and the run read none. Absent in audits,
   * and where the provider does not document the setting.
   */
  ownership: ownershipSchema.optional(),
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
  /**
   * Whether a test object could be put under that key with UpdateObjectEncryption, and what showed it. Absent if that
   * was not tried: the provider does not document the call.
   */
  encryptionUpdate: z.object({ works: z.boolean(), detail: z.string() }).optional(),
  /** Absent if there was nothing to copy, or if the run did not probe. */
  probe: bucketProbeSchema.optional(),
  /** The capabilities used for this bucket's plans, if they differ from those at the start of the run. */
  capabilities: capabilitiesSchema.optional(),
  warnings: z.array(z.string()),
});
export type BucketFindings = z.infer<typeof bucketFindingsSchema>;

const sessionRequestsSchema = z.object({
  /** False if a worker was killed before it reported all of its own: then there were more. */
  complete: z.boolean(),
  /** By S3 operation. */
  sent: z.record(z.string(), z.number().int().nonnegative()),
});
export type SessionRequests = z.infer<typeof sessionRequestsSchema>;

/** The file's name in the run folder. */
export const RUN_FILE = "run.json";

/** Raised if a build of the same version derives another summary.json or other reports from the same journal. */
export const LAYOUT = 2;

/** run.json: the options and scopes of a run, who started it and when. It never contains a secret. */
export const runRecordSchema = z.object({
  schema: knownSchema("bucketseal/run/1"),
  /** Unique to this run. All its sessions share it. */
  id: z.uuid(),
  tool: z.object({
    name: z.literal("bucketseal"),
    version: z.string(),
    node: z.string(),
    /** The layout of summary.json and the reports; absent in the first one. */
    layout: z.number().int().positive().optional(),
  }),
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
  /**
   * The estimate that was shown before the first object, or that a dry run came to. Absent if there was none.
   */
  plan: planSchema.optional(),
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
      /** The requests that it sent, retries included. Absent if it was killed, and in the records of earlier versions. */
      requests: sessionRequestsSchema.optional(),
    }),
  ),
});
export type RunRecord = z.infer<typeof runRecordSchema>;
