import type { ProviderProfile } from "../../providers/index.js";
import type { BucketFindings, DefaultEncryption } from "../journal/run-record.js";
import type { Target } from "../plan/target.js";
import type { BucketInput, ObjectStore } from "../store/object-store.js";
import { StoreError, type StoreErrorKind } from "../store/store-error.js";
import { bucketWarnings } from "./bucket-warnings.js";

const DEFAULT_BY_ALGORITHM: Readonly<Record<string, DefaultEncryption>> = {
  AES256: "sse-s3",
  "aws:kms": "sse-kms",
  "aws:kms:dsse": "dsse-kms",
};

export interface FindOptions {
  readonly provider: ProviderProfile;
  /** Sets the default to SSE-S3 where the bucket has none. */
  readonly setDefault: boolean;
  /** How objects will be encrypted. @default "sse-s3" */
  readonly to?: Target["kind"];
}

/** Looks at a bucket's own settings, and sets its default encryption if asked. */
export async function findBucket(store: ObjectStore, bucket: string, options: FindOptions): Promise<BucketFindings> {
  const input: BucketInput = { bucket };
  const before = await defaultEncryption(store, input);
  const setsDefault = options.setDefault && before === "none";
  if (setsDefault) await store.putBucketEncryption(input);
  const after = setsDefault ? await defaultEncryption(store, input) : before;
  const findings = {
    bucket,
    defaultEncryption: { before, after },
    versioning: await versioning(store, input),
    objectLock: await objectLock(store, input),
    openMultipartUploads: await unlessUnreadable(
      async () => (await store.listMultipartUploads({ bucket, prefix: "" })).open,
    ),
  };
  const rules = {
    lifecycle: await unlessUnreadable(async () => (await store.getBucketLifecycle(input)).rules),
    replication: await unlessUnreadable(async () => (await store.getBucketReplication(input)).rules),
  };
  return { ...findings, warnings: bucketWarnings(findings, rules, options.provider, options.to) };
}

async function defaultEncryption(store: ObjectStore, input: BucketInput): Promise<DefaultEncryption> {
  try {
    const [algorithm] = await store.getBucketEncryption(input);
    // An algorithm that is not known is a default all the same: it is never to be taken for none, and replaced.
    return algorithm === undefined ? "none" : (DEFAULT_BY_ALGORITHM[algorithm] ?? "unreadable");
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    if (error.kind === "not-found") return "none";
    return error.kind === "not-implemented" ? "unsupported" : unreadable(error);
  }
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
async function unlessUnreadable(read: () => Promise<number>): Promise<number | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof StoreError && error.kind === "not-found") return 0;
    unreadable(error);
    return null;
  }
}

/** A setting that cannot be read is a finding, and no reason not to look at the objects. */
function unreadable(error: unknown): "unreadable" {
  if (!(error instanceof StoreError) || ENDS_THE_RUN.has(error.kind)) throw error;
  return "unreadable";
}

const ENDS_THE_RUN: ReadonlySet<StoreErrorKind> = new Set([
  "no-such-bucket",
  "no-credentials",
  "invalid-credentials",
  "expired-credentials",
  "clock-skew",
  "wrong-region",
  "unreachable",
  "tls",
]);
