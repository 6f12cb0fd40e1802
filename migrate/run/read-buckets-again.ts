import type { BucketAtEnd } from "../journal/bucket-record.js";
import type { BucketFindings, RunRecord } from "../journal/run-record.js";
import { isEncrypting } from "../model/encryption.js";
import type { ObjectStore } from "../store/object-store.js";
import { StoreError } from "../store/store-error.js";
import { readDefaultEncryption } from "./read-default-encryption.js";

/** What may have changed of each bucket while its objects were taken. Whatever cannot be read is said, and ends nothing. */
export async function readBucketsAgain(
  store: ObjectStore,
  { buckets, sessions }: Pick<RunRecord, "buckets" | "sessions">,
  storeTime: () => Date,
): Promise<BucketFindings[]> {
  const aheadMs = storeTime().getTime() - Date.now();
  const startedAt = new Date(Date.parse(sessions[0]?.startedAt ?? "") + aheadMs);
  const read: BucketFindings[] = [];
  for (const found of buckets) read.push({ ...found, atEnd: await readAgain(store, found, { startedAt, storeTime }) });
  return read;
}

interface Times {
  /** Of the run, by the store's clock, as the times of its uploads are. */
  readonly startedAt: Date;
  readonly storeTime: () => Date;
}

async function readAgain(
  store: ObjectStore,
  { bucket, defaultEncryption: { setAt } }: BucketFindings,
  { startedAt, storeTime }: Times,
): Promise<BucketAtEnd> {
  const defaultEncryption = await readDefaultEncryption(store, { bucket }).catch(refused("unreadable" as const));
  const readAt = storeTime().toISOString();
  // A default that was there before may be of any age; without one, whatever lands does so in plaintext.
  const begunUpTo = isEncrypting(defaultEncryption) ? later(setAt ?? startedAt.toISOString()) : readAt;
  const uploads = await store.listMultipartUploads({ bucket, prefix: "", begunUpTo }).catch(refused(null));
  const openUploads = uploads && {
    open: uploads.open,
    begunUpTo,
    earlier: uploads.earlier,
    firstEarlier: uploads.firstEarlier.map((upload) => ({ ...upload })),
  };
  return { readAt, defaultEncryption, openUploads };
}

/** A store tells the time in whole seconds, so that its clock may be behind by one. */
function later(instant: string): string {
  return new Date(Date.parse(instant) + 1000).toISOString();
}

function refused<T>(value: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof StoreError) return value;
    throw error;
  };
}
