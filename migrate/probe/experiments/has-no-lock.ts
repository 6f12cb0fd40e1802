import type { ProbeSession } from "../probe-session.js";

/** Where it cannot be read, a lock cannot be ruled out. */
export function hasNoLock({ found }: Pick<ProbeSession, "found">): boolean {
  const lock = found.get("object-lock");
  return lock?.kind === "no" || (lock?.kind === "is" && lock.value === "off");
}
