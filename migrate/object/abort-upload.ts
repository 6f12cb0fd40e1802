import type { IntentRecord } from "../journal/record.js";
import type { ObjectStore, RequestHeaders, UploadInput } from "../store/object-store.js";
import { StoreError, type StoreErrorKind } from "../store/store-error.js";
import type { CopyAttempt } from "./copy-job.js";

/** The allowance for the clock difference to the store and for the time that starting an upload takes. */
const BEGUN_WITHIN_MS = 5 * 60_000;

/**
 * Aborts an upload of ours whose ID was lost with the answer. Such an upload:
 * - has the same key
 * - began right after the intent was written
 * - was not open before the intent
 * - has no parts, because parts are sent only after the ID is written to the journal
 */
export async function abortOrphanUploads(
  store: ObjectStore,
  { bucket, key, otherUploads, at }: Pick<IntentRecord, "bucket" | "key" | "otherUploads" | "at">,
  written: readonly string[],
): Promise<void> {
  if (otherUploads === null) return;
  const known = new Set([...otherUploads, ...written]);
  for (const upload of await store.listOpenUploads({ bucket, prefix: key })) {
    const { uploadId, initiatedAt } = upload;
    const offMs = initiatedAt === null ? Number.NaN : Date.parse(initiatedAt) - Date.parse(at);
    const isOfIntent = upload.key === key && !known.has(uploadId) && Math.abs(offMs) <= BEGUN_WITHIN_MS;
    if (!isOfIntent) continue;
    const listed = await unlessGone(store.listParts({ bucket, key, uploadId }));
    if (listed?.parts === 0) await unlessGone(store.abortMultipartUpload({ bucket, key, uploadId }));
  }
}

/** Resolves with `null` if the target does not exist. */
export async function unlessGone<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof StoreError && error.kind === "not-found") return null;
    throw error;
  }
}

/** After these errors an upload may have been created anyway. */
const MAY_BE_BEGUN: ReadonlySet<StoreErrorKind> = new Set(["unreachable", "server-error", "throttled"]);

/** Starts an upload. Aborts uploads that an earlier attempt left open because its answer was lost. */
export async function beginUpload(attempt: CopyAttempt, headers: RequestHeaders): Promise<UploadInput> {
  const { store, facts } = attempt.job;
  const { bucket, key } = facts;
  try {
    const { uploadId, retried } = await store.createMultipartUpload({ bucket, key, headers });
    if (retried) await sweep(attempt, [uploadId]);
    return { bucket, key, uploadId };
  } catch (error) {
    if (error instanceof StoreError && MAY_BE_BEGUN.has(error.kind)) await sweep(attempt, []);
    throw error;
  }
}

/** A resumed run aborts the uploads that cannot be aborted now, from the same intent. */
async function sweep({ job, intent }: CopyAttempt, written: readonly string[]): Promise<void> {
  try {
    if (intent) await abortOrphanUploads(job.store, intent, written);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
  }
}
