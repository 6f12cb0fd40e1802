import { activeLock, type ObjectLock } from "../model/object.js";

/** What keeps a version from being removed. */
export interface VersionLock {
  /** When it ends; `null` where a legal hold is on, which has no end. */
  readonly until: string | null;
  readonly words: string;
}

/** `null` where nothing locks it. Pure. */
export function lockOf(lock: ObjectLock, now: Date): VersionLock | null {
  const { mode, retainUntil, legalHold } = activeLock(lock, now);
  if (legalHold === "ON") {
    return { until: null, words: "cannot comply before its legal hold is lifted, which has no date" };
  }
  if (mode === null || retainUntil === null) return null;
  const until = toMilliseconds(retainUntil);
  return { until, words: `cannot comply before ${until} (retention ${mode})` };
}

/** Ceph writes nine digits behind the second, which no reader of a report asks for. */
function toMilliseconds(date: string): string {
  return date.replace(/(\.\d{3})\d+/, "$1");
}
