import pLimit from "p-limit";
import { z } from "zod";
import type { BucketAtEnd, BucketPolicyFinding, LifecycleFinding } from "../journal/bucket-record.js";
import { disablesAcls, type OwnershipFinding, type ReplicationFinding } from "../journal/bucket-record.js";
import type { BucketFindings, RunRecord } from "../journal/run-record.js";
import { type DefaultEncryption, isEncrypting } from "../model/encryption.js";
import type { BucketInput, ObjectStore } from "../store/object-store.js";
import { allEnded } from "../store/operations.js";
import { StoreError } from "../store/store-error.js";
import { aclWarnings } from "./bucket-warnings.js";
import { unreadable } from "./sights.js";

/** Classifies the refusal of a setting that no copy depends on. It never ends a run. */
function refusalOfSetting(error: unknown): "absent" | "unsupported" | "unreadable" {
  if (!(error instanceof StoreError)) throw error;
  if (error.kind === "not-found") return "absent";
  return error.kind === "not-implemented" ? "unsupported" : "unreadable";
}

const MOST_HELD = 100;

interface RulesFound {
  readonly lifecycle: LifecycleFinding;
  readonly replication: ReplicationFinding;
  readonly policy: BucketPolicyFinding;
}

/** Reads the rules that others set for a bucket. A rule that cannot be read is reported and ends nothing. */
export async function readRules(store: ObjectStore, input: BucketInput): Promise<RulesFound> {
  const [lifecycle, replication, policy] = await Promise.all([
    rulesOf(async () => (await store.getBucketLifecycle(input)).map(withActions)),
    rulesOf(async () => (await store.getBucketReplication(input)).map((rule) => ({ ...rule }))),
    policyOf(store, input),
  ]);
  return { lifecycle, replication, policy };
}

function withActions<T extends { readonly actions: readonly object[] }>({ actions, ...rule }: T) {
  return { ...rule, actions: actions.map((action) => ({ ...action })) as T["actions"][number][] };
}

type Rules<T> = { kind: "absent" | "unsupported" | "unreadable" } | { kind: "present"; total: number; first: T[] };

async function rulesOf<T>(read: () => Promise<readonly T[]>): Promise<Rules<T>> {
  try {
    const rules = await read();
    if (rules.length === 0) return { kind: "absent" };
    return { kind: "present", total: rules.length, first: rules.slice(0, MOST_HELD) };
  } catch (error) {
    return { kind: refusalOfSetting(error) };
  }
}

async function policyOf(store: ObjectStore, input: BucketInput): Promise<BucketPolicyFinding> {
  try {
    const document = await store.getBucketPolicy(input);
    return document === "" ? { kind: "absent" } : (policyStatements(document) ?? { kind: "unreadable" });
  } catch (error) {
    return { kind: refusalOfSetting(error) };
  }
}

/** The access control lists are read unless this says that they are disabled, so nothing is lost if it is unreadable. */
export async function readOwnership(store: ObjectStore, input: BucketInput): Promise<OwnershipFinding> {
  try {
    const setting = await store.getBucketOwnership(input);
    return setting === "" ? { kind: "absent" } : { kind: "present", setting };
  } catch (error) {
    return { kind: refusalOfSetting(error) };
  }
}

const DEFAULT_BY_ALGORITHM: Readonly<Record<string, DefaultEncryption>> = {
  AES256: "sse-s3",
  "aws:kms": "sse-kms",
  "aws:kms:dsse": "dsse-kms",
};

export async function readDefaultEncryption(store: ObjectStore, input: BucketInput): Promise<DefaultEncryption> {
  try {
    const [algorithm] = await store.getBucketEncryption(input);
    // An unknown algorithm is a default too: it must never be mistaken for none and replaced.
    return algorithm === undefined ? "none" : (DEFAULT_BY_ALGORITHM[algorithm] ?? "unreadable");
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    if (error.kind === "not-found") return "none";
    return error.kind === "not-implemented" ? "unsupported" : unreadable(error);
  }
}

const statementSchema = z.looseObject({
  Sid: z.string().optional(),
  Condition: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
});
/** A single statement may have no brackets. */
const policySchema = z.looseObject({ Statement: z.union([z.array(statementSchema), statementSchema]) });

/**
 * Matches `s3:x-amz-server-side-encryption` and the conditions for keys and customer algorithms that begin
 * with it.
 */
const ON_ENCRYPTION = /^s3:x-amz-server-side-encryption/i;

/** The statements of a bucket policy that concern encryption; `null` if the document is no policy. */
export function policyStatements(document: string): BucketPolicyFinding | null {
  const policy = policySchema.safeParse(parsed(document));
  if (!policy.success) return null;
  const { Statement: given } = policy.data;
  const statements = Array.isArray(given) ? given : [given];
  const onEncryption = statements.flatMap(({ Sid, Condition = {} }, index) => {
    const keys = Object.values(Condition).flatMap((operands) => Object.keys(operands));
    return keys.some((key) => ON_ENCRYPTION.test(key)) ? [Sid ?? `statement ${index + 1}`] : [];
  });
  return { kind: "present", statements: statements.length, onEncryption };
}

function parsed(document: string): unknown {
  try {
    return JSON.parse(document);
  } catch {
    return undefined;
  }
}

export const BUCKETS_AT_ONCE = 16;

export type DefaultAtEnd = Pick<BucketAtEnd, "defaultEncryption" | "readAt">;

/** Reads the default encryption of each bucket again. If it cannot be read, that ends nothing. */
export async function readDefaultsAgain(
  store: ObjectStore,
  buckets: readonly Pick<BucketFindings, "bucket">[],
  storeTime: () => Date,
): Promise<ReadonlyMap<string, DefaultAtEnd>> {
  const read = async ({ bucket }: Pick<BucketFindings, "bucket">) => {
    const defaultEncryption = await readDefaultEncryption(store, { bucket }).catch(refused("unreadable" as const));
    return [bucket, { defaultEncryption, readAt: storeTime().toISOString() }] as const;
  };
  const limit = pLimit(BUCKETS_AT_ONCE);
  return new Map(await Promise.all(buckets.map((found) => limit(read, found))));
}

/**
 * Reads the other settings of each bucket that may have changed while its objects were processed. A setting that
 * cannot be read is reported and ends nothing. `defaults`: as they were just read.
 */
export async function readBucketsAgain(
  store: ObjectStore,
  { buckets, sessions }: Pick<RunRecord, "buckets" | "sessions">,
  defaults: ReadonlyMap<string, DefaultAtEnd>,
  storeTime: () => Date,
): Promise<BucketFindings[]> {
  const aheadMs = storeTime().getTime() - Date.now();
  // By the store's clock, which also dates its uploads.
  const startedAt = new Date(Date.parse(sessions[0]?.startedAt ?? "") + aheadMs);
  const read = async (found: BucketFindings): Promise<BucketFindings> => {
    const known = defaults.get(found.bucket);
    if (known === undefined) return found;
    const atEnd = await readAgain(store, found, known, startedAt);
    const warnings = [...new Set([...found.warnings, ...aclWarnings(found, atEnd)])];
    return { ...found, warnings, atEnd };
  };
  const limit = pLimit(BUCKETS_AT_ONCE);
  return Promise.all(buckets.map((found) => limit(read, found)));
}

async function readAgain(
  store: ObjectStore,
  { bucket, ownership, defaultEncryption: { setAt } }: BucketFindings,
  { defaultEncryption, readAt }: DefaultAtEnd,
  startedAt: Date,
): Promise<BucketAtEnd> {
  // An earlier default may be of any age; without one, every object lands in plaintext.
  const begunUpTo = isEncrypting(defaultEncryption) ? later(setAt ?? startedAt.toISOString()) : readAt;
  const [uploads, again] = await allEnded([
    store.listMultipartUploads({ bucket, prefix: "", begunUpTo }).catch(refused(null)),
    disablesAcls(ownership) ? readOwnership(store, { bucket }) : undefined,
  ]);
  const openUploads = uploads && {
    open: uploads.open,
    begunUpTo,
    earlier: uploads.earlier,
    firstEarlier: uploads.firstEarlier.map((upload) => ({ ...upload })),
  };
  return { readAt, defaultEncryption, ...(again && { ownership: again }), openUploads };
}

/** A store reports whole seconds, so its clock may lag by one second. */
function later(instant: string): string {
  return new Date(Date.parse(instant) + 1000).toISOString();
}

function refused<T>(value: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof StoreError) return value;
    throw error;
  };
}
