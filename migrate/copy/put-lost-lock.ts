import { activeLock, type ObjectFacts } from "../model/object.js";
import type { Target } from "../model/target.js";
import { verifyCopy } from "../plan/verify-copy.js";
import type { ObjectStore } from "../store/object-store.js";

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
