import type { ProviderProfile } from "../../providers/index.js";

import type { OnEvent } from "../journal/events.js";
import type { BucketFindings, RunRecord } from "../journal/run-record.js";
import type { Scope } from "../model/scope.js";
import type { Target } from "../model/target.js";
import { SSE_S3 } from "../model/target-sse-s3.js";
import type { ResolvedOptions } from "../options/resolve-options.js";
import type { BucketInput, ObjectStore } from "../store/object-store.js";
import { StoreError } from "../store/store-error.js";
import { readDefaultEncryption, readRules, unreadable } from "./bucket-settings.js";
import { bucketWarnings } from "./bucket-warnings.js";

import type { Sights } from "./sights.js";

interface FindTools {
  readonly onEvent: OnEvent;
  readonly sights: Sights;
  /** Of the buckets in another region than the run's. */
  readonly regions: ReadonlyMap<string, string>;
  /** Whether an earlier session saw all of it. */
  readonly isDone: (scope: Scope) => boolean;
}

/** Looks at the settings of every bucket of the run that is seen; what was found before an earlier session stays. */
export async function findBuckets(
  options: ResolvedOptions,
  store: ObjectStore,
  run: RunRecord,
  tools: Pick<FindOptions, "storeTime" | "signal"> & FindTools,
): Promise<BucketFindings[]> {
  const found: BucketFindings[] = [];
  for (const bucket of new Set(run.scopes.map((scope) => scope.bucket))) {
    const earlier = run.buckets.find((known) => known.bucket === bucket);
    const findings = await look(bucket, { options, store }, tools);
    // Nothing of it can be asked now.
    if (findings === null) {
      if (earlier !== undefined) found.push(earlier);
      continue;
    }
    const laid = laidOver(findings, earlier, options);
    found.push(laid);
    tools.onEvent({ kind: "bucket", findings: { ...findings, warnings: laid.warnings } });
  }
  return found;
}

/** `null` where none of its locations can be seen. */
async function look(
  bucket: string,
  { options, store }: { readonly options: ResolvedOptions; readonly store: ObjectStore },
  { sights, regions, isDone, storeTime, signal }: Pick<FindOptions, "storeTime" | "signal"> & FindTools,
): Promise<BucketFindings | null> {
  const scopes = sights.seen().filter((scope) => scope.bucket === bucket);
  if (scopes.length === 0) return null;
  const setDefault = options.setDefault && !options.dryRun;
  const asked = { provider: options.provider, setDefault, target: options.policy.target, storeTime, signal };
  const find = () => findBucket(store, bucket, asked);
  const findings = scopes.every(isDone) ? await find().catch(keeping) : await sights.attempt(scopes, find);
  const region = regions.get(bucket);
  return findings === null || region === undefined ? findings : { ...findings, region };
}

function laidOver(
  findings: BucketFindings,
  earlier: BucketFindings | undefined,
  options: ResolvedOptions,
): BucketFindings {
  const { canary, kmsKey, probe, capabilities } = earlier ?? {};
  // What was found by a probe that no copy was made after is found again.
  const probed = probe && capabilities ? { probe, capabilities } : null;
  return {
    ...findings,
    ...(canary && { canary }),
    ...(kmsKey !== undefined && { kmsKey }),
    ...probed,
    warnings: [...findings.warnings, ...(plansDry(options) ? [DRY] : []), ...(probed?.probe.warnings ?? [])],
    defaultEncryption: { ...findings.defaultEncryption, ...begunWith(earlier) },
  };
}

/** An earlier session saw all of the bucket, whatever has become of it since. */
function keeping(error: unknown): null {
  if (error instanceof StoreError) return null;
  throw error;
}

/** What an earlier session found before it changed it, and when it did. */
function begunWith(earlier: BucketFindings | undefined): Partial<BucketFindings["defaultEncryption"]> {
  if (earlier === undefined) return {};
  const { before, setAt } = earlier.defaultEncryption;
  return { before, ...(setAt === undefined ? {} : { setAt }) };
}

const DRY = "planned from documents: a dry run writes no throw-away objects";

/** Where a run that writes would probe. */
function plansDry({ dryRun, capabilities, assumeDocumented }: ResolvedOptions): boolean {
  return dryRun && capabilities.from === "documents" && !assumeDocumented;
}

interface FindOptions {
  readonly provider: ProviderProfile;
  /** Sets the default to what objects will be encrypted with, where the bucket has none or a weaker one. */
  readonly setDefault: boolean;
  /** How objects will be encrypted. @default SSE-S3 */
  readonly target?: Target;
  /** The time as the store has it. */
  readonly storeTime: () => Date;
  readonly signal?: AbortSignal | undefined;
}

/** Looks at a bucket's own settings, and sets its default encryption if asked. */
export async function findBucket(store: ObjectStore, bucket: string, options: FindOptions): Promise<BucketFindings> {
  const input: BucketInput = { bucket };
  const findings = {
    bucket,
    defaultEncryption: await settledDefault(store, input, options),
    versioning: await versioning(store, input),
    objectLock: await objectLock(store, input),
    openMultipartUploads: await openUploads(store, bucket, options.signal),
    ...(await readRules(store, input)),
  };
  return { ...findings, warnings: bucketWarnings(findings, options.provider, options.target) };
}

async function settledDefault(
  store: ObjectStore,
  input: BucketInput,
  { setDefault, target = SSE_S3, storeTime }: FindOptions,
): Promise<BucketFindings["defaultEncryption"]> {
  const before = await readDefaultEncryption(store, input);
  const isSet = setDefault && (before === "none" || (target.kmsKey !== null && before === "sse-s3"));
  if (!isSet) return { before, after: before };
  await store.putBucketEncryption({ ...input, kmsKey: target.kmsKey ?? undefined });
  const setAt = storeTime().toISOString();
  return { before, after: await readDefaultEncryption(store, input), setAt };
}

async function versioning(store: ObjectStore, input: BucketInput): Promise<BucketFindings["versioning"]> {
  try {
    const status = await store.getBucketVersioning(input);
    return status === null ? "never" : status === "Enabled" ? "enabled" : "suspended";
  } catch (error) {
    return error instanceof StoreError && error.kind === "not-implemented" ? "never" : unreadable(error);
  }
}

async function objectLock(store: ObjectStore, input: BucketInput): Promise<BucketFindings["objectLock"]> {
  try {
    const { enabled, locksByDefault } = await store.getObjectLockConfiguration(input);
    return locksByDefault ? "locks-by-default" : enabled ? "present" : "absent";
  } catch (error) {
    const absent = error instanceof StoreError && (error.kind === "not-found" || error.kind === "not-implemented");
    return absent ? "absent" : unreadable(error);
  }
}

/** What is missing is none; what may not be read is `null`. */
async function openUploads(
  store: ObjectStore,
  bucket: string,
  signal: AbortSignal | undefined,
): Promise<number | null> {
  try {
    return (await store.listMultipartUploads({ bucket, prefix: "", signal })).open;
  } catch (error) {
    if (error instanceof StoreError && error.kind === "not-found") return 0;
    unreadable(error);
    return null;
  }
}
