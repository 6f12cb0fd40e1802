import type { OnEvent, ProgressEvent } from "../../migrate/index.js";
import { formatCount } from "../../migrate/model/text.js";

export interface Progress {
  readonly onEvent: OnEvent;
  /** Whether it shows the number of all objects. */
  readonly wantsCount: boolean;
  readonly stop: () => void;
  /** Writes something above the progress, which then goes on below. */
  readonly above: (write: () => void) => void;
}

/** How far a run has come. */
export interface Counters {
  listed: number;
  done: number;
  failed: number;
  retries: number;
  /** Objects counted so far; `null` before the count begins. */
  counted: number | null;
  countEnded: boolean;
  slowed: Slowed;
  /** Noncurrent versions looked at. */
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

const WINDOW_MS = 30_000;
const SAMPLE_EVERY_MS = 500;

/** Objects per second over the last half minute, which follows a store that slows down. */
export function recentRate(startMs: number): (nowMs: number, done: number) => number {
  const samples = [{ atMs: startMs, done: 0 }];
  return (nowMs, done) => {
    const last = samples.at(-1);
    if (last === undefined || nowMs - last.atMs >= SAMPLE_EVERY_MS) samples.push({ atMs: nowMs, done });
    while (samples.length > 2 && nowMs - (samples[1]?.atMs ?? nowMs) >= WINDOW_MS) samples.shift();
    const [first] = samples;
    const seconds = (nowMs - (first?.atMs ?? nowMs)) / 1000;
    return seconds > 0 ? Math.round((done - (first?.done ?? 0)) / seconds) : 0;
  };
}

type RateEvent = Extract<ProgressEvent, { kind: "rate" }>;

/** The rates that throttling has reduced, in calls per second. */
export type Slowed = Readonly<Partial<Record<RateEvent["access"], Pick<RateEvent, "perSecond" | "ceiling">>>>;

const ACCESS_WORDS: Readonly<Record<RateEvent["access"], string>> = { read: "reads", write: "writes" };

export function slowedBy(slowed: Slowed, { access, perSecond, ceiling }: RateEvent): Slowed {
  const { [access]: _, ...others } = slowed;
  return perSecond === ceiling ? others : { ...others, [access]: { perSecond, ceiling } };
}

/** Such as "reads 400/s, writes 150/s of 300/s"; empty if nothing is throttled. */
export function slowedWords(slowed: Slowed): string {
  const accesses = Object.keys(ACCESS_WORDS) as RateEvent["access"][];
  const parts = accesses.flatMap((access) => {
    const { perSecond, ceiling } = slowed[access] ?? { perSecond: null, ceiling: null };
    if (perSecond === null) return [];
    const most = ceiling === null ? "" : ` of ${formatCount(ceiling)}/s`;
    return `${ACCESS_WORDS[access]} ${formatCount(perSecond)}/s${most}`;
  });
  return parts.join(", ");
}
