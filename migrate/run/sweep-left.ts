import { inspectUnder } from "../inspect/inspect-under.js";
import type { Unfinished } from "../journal/left-unfinished.js";
import type { IntentRecord } from "../journal/record.js";
import type { Capabilities } from "../plan/capabilities.js";
import { isAsAsked, type Target, targetKey } from "../plan/target.js";
import type { ObjectStore } from "../store/object-store.js";
import { StoreError } from "../store/store-error.js";

/** How far this machine's clock may be from the store's, and how long the begin of an upload may take. */
const BEGUN_WITHIN_MS = 5 * 60_000;

/** What the copies of the run were to become, on what store. */
export interface Asked {
  readonly target: Target;
  readonly capabilities: Capabilities;
}

/** Aborts what a killed session of this very run left open, and puts tags that it had still to put. Nobody else's. */
export async function sweepLeft(store: ObjectStore, left: readonly Unfinished[], asked: Asked): Promise<void> {
  for (const { intents, uploads } of left) {
    for (const { bucket, key, uploadId } of uploads) await abort(store, { bucket, key, uploadId });
    const intent = intents.at(-1);
    if (intent === undefined) continue;
    await abortUnwritten(store, intent, new Set(uploads.map(({ uploadId }) => uploadId)));
    await putTags(store, intent, asked);
  }
}

async function abort(store: ObjectStore, upload: { bucket: string; key: string; uploadId: string }): Promise<void> {
  // What is gone was completed or aborted after all.
  await unlessGone(store.abortMultipartUpload(upload));
}

/**
 * An upload whose id had not reached the journal: to the same key, begun right after the intent was written, not there
 * before it, and still without any part, since parts are sent only once the id is written down.
 */
async function abortUnwritten(store: ObjectStore, intent: IntentRecord, written: ReadonlySet<string>): Promise<void> {
  const { bucket, key, otherUploads, at } = intent;
  if (otherUploads === null) return;
  const known = new Set([...otherUploads, ...written]);
  for (const upload of await store.listOpenUploads({ bucket, prefix: key })) {
    const { uploadId, initiatedAt } = upload;
    const offMs = initiatedAt === null ? Number.NaN : Date.parse(initiatedAt) - Date.parse(at);
    const isOfIntent = upload.key === key && !known.has(uploadId) && Math.abs(offMs) <= BEGUN_WITHIN_MS;
    if (!isOfIntent) continue;
    const listed = await unlessGone(store.listParts({ bucket, key, uploadId }));
    if (listed?.parts === 0) await abort(store, { bucket, key, uploadId });
  }
}

/** The copy is there, encrypted as asked and of the same size, and has no tags at all. */
async function putTags(
  store: ObjectStore,
  { bucket, key, sizeBytes, tagsToPut }: IntentRecord,
  { target, capabilities }: Asked,
): Promise<void> {
  if (tagsToPut.length === 0) return;
  const seen = await inspectUnder(targetKey(target), store, { bucket, key }, capabilities);
  if (seen.kind === "failed") throw seen.error;
  if (seen.kind !== "found" || !isAsAsked(seen.facts, target) || seen.facts.sizeBytes !== sizeBytes) return;
  if ((await store.getObjectTagging({ bucket, key })).length > 0) return;
  await store.putObjectTagging({ bucket, key, tags: tagsToPut });
}

async function unlessGone<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof StoreError && error.kind === "not-found") return null;
    throw error;
  }
}
