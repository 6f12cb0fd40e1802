import type { ProviderProfile } from "../../providers/index.js";
import type { BucketFindings } from "../journal/run-record.js";
import type { Target } from "../model/target.js";
import type { BucketInput, ObjectStore } from "../store/object-store.js";
import { StoreError } from "../store/store-error.js";
import { bucketWarnings } from "./bucket-warnings.js";
import { readDefaultEncryption } from "./read-default-encryption.js";
import { readRules } from "./read-rules.js";
import { unreadable } from "./read-setting.js";

export interface FindOptions {
  readonly provider: ProviderProfile;
  /** Sets the default to SSE-S3 where the bucket has none. */
  readonly setDefault: boolean;
  /** How objects will be encrypted. @default "sse-s3" */
  readonly to?: Target["kind"];
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
  return { ...findings, warnings: bucketWarnings(findings, options.provider, options.to) };
}

async function settledDefault(
  store: ObjectStore,
  input: BucketInput,
  { setDefault, storeTime }: FindOptions,
): Promise<BucketFindings["defaultEncryption"]> {
  const before = await readDefaultEncryption(store, input);
  if (!setDefault || before !== "none") return { before, after: before };
  await store.putBucketEncryption(input);
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
