import pLimit from "p-limit";
import type { ProviderProfile } from "../../providers/index.js";
import { RunError } from "../errors.js";
import type { OnEvent } from "../journal/events.js";
import type { BucketFindings, RunRecord } from "../journal/run-record.js";
import type { Scope } from "../model/scope.js";
import type { Target } from "../model/target.js";
import { SSE_S3 } from "../model/target-sse.js";
import type { ResolvedOptions } from "../options/resolve-options.js";
import type { BucketInput, ObjectStore } from "../store/object-store.js";
import { allEnded } from "../store/operations.js";
import { StoreError } from "../store/store-error.js";
import { BUCKETS_AT_ONCE, readDefaultEncryption, readOwnership, readRules } from "./bucket-settings.js";
import { bucketWarnings, laidOver } from "./bucket-warnings.js";
import { type Sights, unreadable } from "./sights.js";

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
  const setDefault = options.setDefault && !options.dryRun;
  const { provider, policy } = options;
  const asked = { ...tools, provider, setDefault, target: policy.target, copies: run.command === "migrate" };
  const buckets = [...new Set(run.scopes.map((scope) => scope.bucket))].map((bucket) => ({
    scopes: tools.sights.seen().filter((scope) => scope.bucket === bucket),
    earlier: run.buckets.find((known) => known.bucket === bucket),
    find: () => findBucket(store, bucket, asked),
  }));
  // An error that ends the run leaves the defaults of later buckets alone.
  const reads = setDefault ? buckets : ahead(buckets);
  const found: BucketFindings[] = [];
  for (const { scopes, earlier, find } of reads) {
    const findings = await look(scopes, find, tools);
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

interface BucketRead {
  readonly scopes: readonly Scope[];
  readonly earlier: BucketFindings | undefined;
  readonly find: () => Promise<BucketFindings>;
}

/** Begins to read several buckets at once. Errors count in the order of the buckets. */
function ahead(buckets: readonly BucketRead[]): readonly BucketRead[] {
  const limit = pLimit(BUCKETS_AT_ONCE);
  return buckets.map(({ find, ...bucket }) => {
    const begun = bucket.scopes.length === 0 ? null : limit(find);
    begun?.catch(() => undefined);
    return { ...bucket, find: () => begun ?? find() };
  });
}

/** `null` if none of its locations can be seen. */
async function look(
  scopes: BucketRead["scopes"],
  find: BucketRead["find"],
  { sights, regions, isDone }: FindTools,
): Promise<BucketFindings | null> {
  if (scopes.length === 0) return null;
  const findings = scopes.every(isDone) ? await find().catch(keeping) : await sights.attempt(scopes, find);
  const region = findings === null ? undefined : regions.get(findings.bucket);
  return findings === null || region === undefined ? findings : { ...findings, region };
}

/** An earlier session saw the whole bucket, so a later failure changes nothing. */
function keeping(error: unknown): null {
  if (error instanceof StoreError || (error instanceof RunError && error.ofLocation !== null)) return null;
  throw error;
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
  const settled = settledDefault(store, input, options);
  const uploads = () => openUploads(store, bucket, options.signal);
  const [defaultEncryption, versions, lock, openMultipartUploads, rules, ownership] = await allEnded([
    settled,
    versioning(store, input),
    objectLock(store, input),
    // Uploads that begin before a default is set count too.
    options.setDefault ? settled.then(uploads, () => null) : uploads(),
    readRules(store, input),
    options.copies && hasOwnership ? readOwnership(store, input) : undefined,
  ]);
  const findings = {
    bucket,
    defaultEncryption,
    versioning: versions,
    objectLock: lock,
    openMultipartUploads,
    ...rules,
    ...(ownership && { ownership }),
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
