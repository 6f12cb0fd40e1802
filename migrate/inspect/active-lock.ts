import type { ObjectLock } from "./object-facts.js";

/** A lock without a retention that has ended: HEAD goes on telling it, and stores refuse to be sent it again. */
export function activeLock(lock: ObjectLock, now: Date): ObjectLock {
  const ended = lock.retainUntil !== null && Date.parse(lock.retainUntil) <= now.getTime();
  return ended ? { ...lock, mode: null, retainUntil: null } : lock;
}
