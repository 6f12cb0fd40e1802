import type { JournalWriter } from "../journal/journal-writer.js";
import type { IntentRecord, ThrowAwayRecord } from "../journal/record.js";
import type { Unfinished } from "../journal/resume.js";
import type { RunFile } from "../journal/run-folder.js";
import type { Capabilities } from "../model/capabilities.js";
import type { Target } from "../model/target.js";
import { abortOrphanUploads, unlessGone } from "../object/abort-upload.js";
import { inspectUnder } from "../object/inspect.js";
import { noTraces } from "../probe/calls.js";
import { cleanUp } from "../probe/clean-up.js";
import { leftoverWords } from "../probe/words.js";
import type { ObjectStore, UploadInput } from "../store/object-store.js";
import { allEnded } from "../store/operations.js";

/** The requested result of the run's copies, and the capabilities of the store. */
interface Asked {
  readonly target: Target;
  readonly capabilities: Capabilities;
}

/**
 * Aborts the uploads that a killed session of this run left open, and puts the tags that it still had to put.
 * It touches nothing of anybody else.
 */
export async function sweepLeft(store: ObjectStore, left: readonly Unfinished[], asked: Asked): Promise<void> {
  for (const { intents, uploads } of left) {
    for (const { bucket, key, uploadId } of uploads) {
      // If it is gone, it was completed or aborted after all.
      await unlessGone(store.abortMultipartUpload({ bucket, key, uploadId }));
    }
    const intent = intents.at(-1);
    if (intent === undefined) continue;
    const written = uploads.map(({ uploadId }) => uploadId);
    await abortOrphanUploads(store, intent, written);
    await putTags(store, intent, asked);
  }
}

/** Puts tags only if the copy exists, is encrypted as requested, has the same size and has no tags at all. */
async function putTags(
  store: ObjectStore,
  { bucket, key, sizeBytes, tagsToPut }: IntentRecord,
  { target, capabilities }: Asked,
): Promise<void> {
  if (tagsToPut.length === 0) return;
  const seen = await inspectUnder(target.customerKey, store, { bucket, key }, capabilities);
  if (seen.kind === "failed") throw seen.error;
  if (seen.kind !== "found" || !target.holds(seen.facts) || seen.facts.sizeBytes !== sizeBytes) return;
  if ((await store.getObjectTagging({ bucket, key })).length > 0) return;
  await store.putObjectTagging({ bucket, key, tags: tagsToPut });
}

interface Left {
  readonly begun: readonly ThrowAwayRecord[];
  /** Uploads by their IDs, which a listing may not show. */
  readonly unfinished: readonly Unfinished[];
}

/** Deletes the test objects of earlier sessions of this run. If any remains, its bucket gets a warning. */
export async function sweepThrowAways(
  store: ObjectStore,
  { begun, unfinished }: Left,
  runFile: RunFile,
): Promise<void> {
  for (const { bucket, key } of begun) {
    const found = runFile.current().buckets.find((known) => known.bucket === bucket);
    const listing = found?.versioning === "never" ? "objects" : "versions";
    const ofIt = unfinished
      .flatMap(({ uploads }) => uploads)
      .filter((upload) => upload.bucket === bucket && upload.key.startsWith(key));
    const uploads = new Map(ofIt.map((upload) => [upload.uploadId, upload.key]));
    const place = { bucket, prefix: key, listing, keepsVersions: listing === "versions" } as const;
    const leftovers = await cleanUp(store, place, { ...noTraces(), uploads });
    const words = leftovers.map((leftover) => leftoverWords(bucket, leftover));
    await runFile.note(bucket, ({ probe }) => ({
      ...(probe?.folder === key && { probe: { ...probe, leftovers: leftovers.map((leftover) => ({ ...leftover })) } }),
      warnings: words,
    }));
  }
}

/** The test objects of this run. None of them counts as an object of the run. */
export interface ThrowAways {
  /** Resolves once the disk has a record that test objects with this key prefix may exist. */
  readonly begin: (bucket: string, key: string) => Promise<void>;
  /** Resolves once the disk has a record that this upload was begun. */
  readonly onUpload: (upload: UploadInput) => Promise<void>;
  readonly has: (object: { readonly bucket: string; readonly key: string }) => boolean;
  readonly all: () => readonly ThrowAwayRecord[];
  /** Lets this clean-up go on beside the objects. */
  readonly removeBeside: (removal: Promise<void>) => void;
  /** Resolves once all of that has ended, or rejects with the first error. */
  readonly removed: () => Promise<void>;
}

interface ThrowAwayTools {
  readonly journal: Pick<JournalWriter, "append">;
  /** Awaited before the first of these test objects is written. */
  readonly onBegin: (begun: ThrowAwayRecord) => Promise<void>;
  readonly now: () => Date;
}

export function openThrowAways(
  earlier: readonly ThrowAwayRecord[],
  { journal, onBegin, now }: ThrowAwayTools,
): ThrowAways {
  const begun = [...earlier];
  const removals: Promise<void>[] = [];
  return {
    begin: async (bucket, key) => {
      const record: ThrowAwayRecord = { kind: "throw-away", bucket, key, at: now().toISOString() };
      begun.push(record);
      await journal.append(record);
      await onBegin(record);
    },
    onUpload: ({ bucket, key, uploadId }) =>
      journal.append({ kind: "upload", bucket, key, uploadId, at: now().toISOString() }),
    all: () => begun,
    removeBeside: (removal) => {
      // An error counts once the run waits for it.
      removal.catch(() => undefined);
      removals.push(removal);
    },
    removed: async () => {
      while (removals.length > 0) await allEnded(removals.splice(0));
    },
    has: (object) => begun.some(({ bucket, key }) => bucket === object.bucket && object.key.startsWith(key)),
  };
}
