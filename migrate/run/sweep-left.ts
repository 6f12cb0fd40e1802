import type { IntentRecord } from "../journal/record.js";
import type { Unfinished } from "../journal/resume.js";
import type { Capabilities } from "../model/capabilities.js";
import { isAsAsked, type Target, targetKey } from "../model/target.js";
import { abortUnwritten, unlessGone } from "../object/abort-upload.js";
import { inspectUnder } from "../object/inspect.js";
import type { ObjectStore } from "../store/object-store.js";

/** What the copies of the run were to become, on what store. */
export interface Asked {
  readonly target: Target;
  readonly capabilities: Capabilities;
}

/** Aborts what a killed session of this very run left open, and puts tags that it had still to put. Nobody else's. */
export async function sweepLeft(store: ObjectStore, left: readonly Unfinished[], asked: Asked): Promise<void> {
  for (const { intents, uploads } of left) {
    for (const { bucket, key, uploadId } of uploads) {
      // What is gone was completed or aborted after all.
      await unlessGone(store.abortMultipartUpload({ bucket, key, uploadId }));
    }
    const intent = intents.at(-1);
    if (intent === undefined) continue;
    const written = uploads.map(({ uploadId }) => uploadId);
    await abortUnwritten(store, intent, written);
    await putTags(store, intent, asked);
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
