import type { BegunCopy } from "../journal/in-flight.js";
import type { Capabilities } from "../model/capabilities.js";
import { activeLock, type ObjectFacts } from "../model/object.js";
import type { Target } from "../model/target.js";
import { verifyCopy } from "../plan/verify-copy.js";
import type { ObjectStore } from "../store/object-store.js";
import { StoreError } from "../store/store-error.js";
import { writtenVersion } from "../store/wire.js";
import { tagsLeftOver } from "./copy-headers.js";

/** The object is copied by now: tags that cannot be put again are told, so that they are not lost. */
export async function putLeftOverTags(
  store: ObjectStore,
  { facts, carried, strategy }: BegunCopy,
  capabilities: Capabilities,
  versionId: string | null,
): Promise<void> {
  const tags = tagsLeftOver(strategy, carried, capabilities);
  if (tags.length === 0) return;
  const { bucket, key } = facts;
  try {
    await store.putObjectTagging({ bucket, key, versionId: versionId ?? undefined, tags });
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    const message = `${error.facts.message}; copied and encrypted, but without its tags, which were ${JSON.stringify(tags)}`;
    throw new StoreError({ ...error.facts, message, kind: "other" }, error);
  }
}

/**
 * Puts the tags that a copy without an answer had still to put, where the object is what that copy made and has none at all:
 * they stand nowhere else. Resolves with the object as it is then.
 */
export async function putLostTags(
  store: ObjectStore,
  begun: BegunCopy,
  after: ObjectFacts,
  { target, capabilities }: { readonly target: Target; readonly capabilities: Capabilities },
): Promise<ObjectFacts> {
  const { facts: before, carried, strategy } = begun;
  if (tagsLeftOver(strategy, carried, capabilities).length === 0 || (after.tagCount ?? 0) > 0) return after;
  const tagged = { ...after, tagCount: before.tagCount };
  if (verifyCopy(before, tagged, target).kind !== "same") return after;
  const { bucket, key } = after;
  const versionId = writtenVersion(after.versionId ?? undefined);
  if ((await store.getObjectTagging({ bucket, key, versionId: versionId ?? undefined })).length > 0) return after;
  await putLeftOverTags(store, begun, capabilities, versionId);
  return tagged;
}

/**
 * Puts the lock of an object on its copy, on that very version, where the copy lacks nothing else: Ceph 18 takes a lock with the
 * begin of an upload and forgets it. Resolves with whether there was something to put; rejects with the store's refusal.
 */
export async function putLostLock(
  store: ObjectStore,
  before: ObjectFacts,
  after: ObjectFacts,
  target: Target,
): Promise<boolean> {
  const now = new Date();
  const had = activeLock(before.lock, now);
  const has = activeLock(after.lock, now);
  // Tags may still have to be put, too.
  const seen = verifyCopy({ ...before, lock: had, tagCount: after.tagCount }, { ...after, lock: has }, target);
  if (seen.kind !== "differs" || seen.lost.some((property) => property !== "lock")) return false;
  const { bucket, key, versionId } = after;
  const copy = { bucket, key, versionId: versionId ?? undefined };
  const { mode, retainUntil } = had;
  const lacksRetention = mode !== null && retainUntil !== null && has.mode === null;
  const lacksHold = had.legalHold === "ON" && has.legalHold !== "ON";
  if (lacksRetention) await store.putObjectRetention({ ...copy, retention: { mode, retainUntil } });
  if (lacksHold) await store.putObjectLegalHold(copy);
  return lacksRetention || lacksHold;
}
