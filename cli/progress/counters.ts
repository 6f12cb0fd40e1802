import type { ProgressEvent } from "../../migrate/index.js";
import { type Slowed, slowedBy } from "./slowed-words.js";

/** What a run came to so far. */
export interface Counters {
  listed: number;
  done: number;
  failed: number;
  retries: number;
  /** As far as was counted ahead; `null` before. */
  counted: number | null;
  countEnded: boolean;
  slowed: Slowed;
  /** Older versions looked at. */
  versions: number;
}

export function newCounters(): Counters {
  return { listed: 0, done: 0, failed: 0, retries: 0, counted: null, countEnded: false, slowed: {}, versions: 0 };
}

export function count(counters: Counters, event: ProgressEvent): void {
  if (event.kind === "baseline-dropped") {
    const { retries, slowed } = counters;
    Object.assign(counters, { ...newCounters(), retries, slowed });
  }
  if (event.kind === "listed") counters.listed += 1;
  if (event.kind === "version") counters.versions += 1;
  if (event.kind === "retry") counters.retries += 1;
  if (event.kind === "rate") counters.slowed = slowedBy(counters.slowed, event);
  if (event.kind === "counted") {
    counters.counted = event.objects;
    counters.countEnded = event.end;
  }
  if (event.kind !== "outcome") return;
  counters.done += 1;
  if (event.record.outcome.kind === "failed") counters.failed += 1;
}
