import type { ProviderProfile } from "../../providers/index.js";
import { RunError } from "../errors.js";
import type { Unseen } from "../journal/bucket-record.js";
import type { OnEvent } from "../journal/events.js";
import type { BucketFindings, RunRecord } from "../journal/run-record.js";
import type { Scope } from "../model/scope.js";
import type { Target } from "../model/target.js";
import { SSE_S3 } from "../model/target-sse-s3.js";
import type { ResolvedOptions } from "../options/resolve-options.js";
import type { BucketInput, BucketList, ObjectStore } from "../store/object-store.js";
import { StoreError } from "../store/store-error.js";
import { readDefaultEncryption, readRules, unreadable } from "./bucket-settings.js";
import { bucketWarnings } from "./bucket-warnings.js";
import type { Connection } from "./connect.js";
import { describeFatal } from "./describe-fatal.js";
import { nameOf, type Sights, unseenBy } from "./sights.js";

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

export interface BucketAccess {
  readonly scopes: readonly Scope[];
  /** Whose buckets they are, where they were listed and the store tells. */
  readonly owner: BucketList["owner"];
  /** Why scopes cannot be seen, by `nameOf`; never all of them. */
  readonly unseen: ReadonlyMap<string, Unseen>;
  /** Of the buckets in another region than the run's. */
  readonly regions: ReadonlyMap<string, string>;
}

interface MeetTools {
  readonly signal?: AbortSignal | undefined;
  /** Whether an earlier session saw all of it: what has become of it since takes nothing from that. */
  readonly isDone?: ((scope: Scope) => boolean) | undefined;
}

/**
 * Lists a first page of each scope before anything is written: where none can be read the run ends, with one message. A bucket of another
 * region is met there, if its provider says where that is.
 */
export async function checkAccess(
  options: ResolvedOptions,
  connection: Connection,
  { signal, isDone = () => false }: MeetTools = {},
): Promise<BucketAccess> {
  const listsAll = options.allBuckets && options.scopes.length === 0;
  const { firstContact } = connection;
  const { scopes, owner } = listsAll ? await allBuckets(options, firstContact, signal) : { ...options, owner: null };
  const unseen = new Map<string, Unseen>();
  const regions = new Map<string, string>();
  for (const scope of scopes) {
    // An interrupted run asks no further bucket, and ends with what it has.
    if (signal?.aborted) break;
    const refusal = await meet(scope, connection, regions);
    if (refusal === null || signal?.aborted) continue;
    const because = unseenBy(refusal, scope.bucket, { options, isElsewhere: regions.has(scope.bucket) });
    if (because === null) throw new RunError(fatalWords(refusal, options, scope.bucket), { cause: refusal });
    if (!isDone(scope)) unseen.set(nameOf(scope), because);
  }
  if (scopes.length > 0 && unseen.size === scopes.length) {
    throw new RunError([...new Set([...unseen.values()].map(({ detail }) => detail))].join("\n"));
  }
  return { scopes, owner, unseen, regions };
}

/** Why a scope cannot be listed; `null` if it can. */
async function meet(
  scope: Scope,
  { firstContact, follow }: Connection,
  regions: Map<string, string>,
): Promise<StoreError | null> {
  const refusal = await refusalOf(() => firstContact.listObjects(scope));
  if (refusal?.kind !== "wrong-region") return refusal;
  const followed = await follow(scope.bucket, refusal);
  if (followed === null) return refusal;
  regions.set(scope.bucket, followed.region);
  return refusalOf(() => followed.contact.listObjects(scope));
}

async function refusalOf(call: () => Promise<unknown>): Promise<StoreError | null> {
  try {
    await call();
    return null;
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
}

const INTERRUPTED = "interrupted before the first object was looked at: nothing was changed";

async function allBuckets(
  options: ResolvedOptions,
  firstContact: Connection["firstContact"],
  signal: AbortSignal | undefined,
): Promise<Pick<BucketAccess, "scopes" | "owner">> {
  try {
    const { names, owner } = await firstContact.listBuckets({ signal });
    if (names.length === 0) throw new RunError(`the credentials list no bucket at ${options.endpoint}`);
    return { scopes: names.map((bucket) => ({ bucket, prefix: "" })), owner };
  } catch (error) {
    if (signal?.aborted && error instanceof StoreError) throw new RunError(INTERRUPTED, { because: "interrupted" });
    throw error instanceof StoreError ? new RunError(fatalWords(error, options, null), { cause: error }) : error;
  }
}

/** Words for a store's refusal; anything else is a bug, and thrown on. */
export function fatalWords(
  error: unknown,
  { endpoint, region, profile }: ResolvedOptions,
  bucket: string | null,
): string {
  if (!(error instanceof StoreError)) throw error;
  return describeFatal(error, { endpoint, region, bucket, profile });
}
