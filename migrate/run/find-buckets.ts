import type { ProviderProfile } from "../../providers/index.js";

import { RunError } from "../errors.js";
import { disablesAcls } from "../journal/bucket-record.js";
import type { OnEvent } from "../journal/events.js";
import type { BucketFindings, RunRecord } from "../journal/run-record.js";
import type { Scope } from "../model/scope.js";
import type { Target } from "../model/target.js";
import { SSE_S3 } from "../model/target-sse-s3.js";
import type { ResolvedOptions } from "../options/resolve-options.js";
import type { BucketInput, ObjectStore } from "../store/object-store.js";
import { StoreError } from "../store/store-error.js";
import { readDefaultEncryption, readOwnership, readRules, unreadable } from "./bucket-settings.js";
import { aclWarnings, bucketWarnings } from "./bucket-warnings.js";

import type { Sights } from "./sights.js";

interface FindTools {
  readonly onEvent: OnEvent;
  readonly sights: Sights;
  /** The regions of the buckets that are not in the run's own region. */
  readonly regions: ReadonlyMap<string, string>;
  /** Returns whether an earlier session saw the whole scope. */
  readonly isDone: (scope: Scope) => boolean;
}

/**
 * Reads the settings of every visible bucket of the run. Findings from before the changes of an earlier
 * session stay.
 */
export async function findBuckets(
  options: ResolvedOptions,
  store: ObjectStore,
  run: RunRecord,
  tools: Asked & FindTools,
): Promise<BucketFindings[]> {
  const found: BucketFindings[] = [];
  for (const bucket of new Set(run.scopes.map((scope) => scope.bucket))) {
    const earlier = run.buckets.find((known) => known.bucket === bucket);
    const findings = await look(bucket, { options, store, copies: run.command === "migrate" }, tools);
    // Its settings cannot be read now.
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

/** `null` if none of its locations can be seen. */
async function look(
  bucket: string,
  { options, store, copies }: { options: ResolvedOptions; store: ObjectStore; copies: boolean },
  { sights, regions, isDone, ...asked }: Asked & FindTools,
): Promise<BucketFindings | null> {
  const scopes = sights.seen().filter((scope) => scope.bucket === bucket);
  if (scopes.length === 0) return null;
  const setDefault = options.setDefault && !options.dryRun;
  const { provider, policy } = options;
  const find = () => findBucket(store, bucket, { ...asked, provider, setDefault, target: policy.target, copies });
  const findings = scopes.every(isDone) ? await find().catch(keeping) : await sights.attempt(scopes, find);
  const region = regions.get(bucket);
  return findings === null || region === undefined ? findings : { ...findings, region };
}

function laidOver(
  findings: BucketFindings,
  earlier: BucketFindings | undefined,
  options: ResolvedOptions,
): BucketFindings {
  const { canary, kmsKey, ownership, probe, capabilities } = earlier ?? {};
  // A run that has read access control lists goes on reading them, so that its record holds for all its copies.
  const readsAcls = ownership !== undefined && !disablesAcls(ownership);
  // If no copy followed a probe, the next session probes again.
  const probed = probe && capabilities ? { probe, capabilities } : null;
  return {
    ...findings,
    ...(canary && { canary }),
    ...(kmsKey !== undefined && { kmsKey }),
    ...(readsAcls && { ownership }),
    ...probed,
    warnings: [
      ...findings.warnings,
      ...(earlier === undefined ? [] : aclWarnings(earlier, findings)),
      ...(plansDry(options) ? [DRY] : []),
      ...(probed?.probe.warnings ?? []),
    ],
    defaultEncryption: { ...findings.defaultEncryption, ...begunWith(earlier) },
  };
}

/** An earlier session saw the whole bucket, so a later failure changes nothing. */
function keeping(error: unknown): null {
  if (error instanceof StoreError || (error instanceof RunError && error.ofLocation !== null)) return null;
  throw error;
}

/** The default that an earlier session found before it changed it, and the time of the change. */
function begunWith(earlier: BucketFindings | undefined): Partial<BucketFindings["defaultEncryption"]> {
  if (earlier === undefined) return {};
  const { before, setAt } = earlier.defaultEncryption;
  return { before, ...(setAt === undefined ? {} : { setAt }) };
}

const DRY = "planned from the provider's documentation: a dry run writes no test objects";

/** Returns whether this dry run skips a probe that a real run would make. */
function plansDry({ dryRun, capabilities, assumeDocumented }: ResolvedOptions): boolean {
  return dryRun && capabilities.from === "documents" && !assumeDocumented;
}

interface FindOptions {
  readonly provider: ProviderProfile;
  /** Sets the default to the encryption of the copies, if the bucket has none or a weaker one. */
  readonly setDefault: boolean;
  /** Whether objects may be copied, so that it matters whether they have access control lists. @default false */
  readonly copies?: boolean;
  /** The encryption of the copies. @default SSE-S3 */
  readonly target?: Target;
  /** Awaited before a default is set to a KMS key. */
  readonly beforeDefault?: ((bucket: string) => Promise<void>) | undefined;
  /** The time according to the store. */
  readonly storeTime: () => Date;
  readonly signal?: AbortSignal | undefined;
}

type Asked = Pick<FindOptions, "storeTime" | "signal" | "beforeDefault">;

/** Reads the settings of a bucket, and sets its default encryption if requested. */
export async function findBucket(store: ObjectStore, bucket: string, options: FindOptions): Promise<BucketFindings> {
  const input: BucketInput = { bucket };
  const hasOwnership = options.provider.subResources["ownership-controls"].value === "supported";
  const findings = {
    bucket,
    defaultEncryption: await settledDefault(store, input, options),
    versioning: await versioning(store, input),
    objectLock: await objectLock(store, input),
    openMultipartUploads: await openUploads(store, bucket, options.signal),
    ...(await readRules(store, input)),
    ...(options.copies && hasOwnership && { ownership: await readOwnership(store, input) }),
  };
  return { ...findings, warnings: bucketWarnings(findings, options.provider, options.target) };
}

async function settledDefault(
  store: ObjectStore,
  input: BucketInput,
  { setDefault, target = SSE_S3, beforeDefault, storeTime }: FindOptions,
): Promise<BucketFindings["defaultEncryption"]> {
  const before = await readDefaultEncryption(store, input);
  const isSet = setDefault && (before === "none" || (target.kmsKey !== null && before === "sse-s3"));
  if (!isSet) return { before, after: before };
  if (target.kmsKey !== null) await beforeDefault?.(input.bucket);
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

/**
 * The number of open uploads: 0 if the store answers that nothing is there, `null` if they may not be read.
 */
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
