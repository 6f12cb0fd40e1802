import type { OnEvent, ProgressEvent } from "../../migrate/index.js";
import { countOf, formatCount } from "../../migrate/model/text.js";
import { note } from "../print/terminal.js";

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
/** The first objects come in a burst, after whatever was done before them. */
const SETTLED_AFTER_MS = 2000;

/**
 * Objects per second over the last half minute, which follows a store that slows down. `null` until two seconds after
 * the first object: what precedes it, such as the probe and the test object, says nothing of the rest.
 */
export function recentRate(): (nowMs: number, done: number) => number | null {
  const samples: Sample[] = [];
  let firstMs: number | null = null;
  return (nowMs, done) => {
    if (done === 0) return null;
    firstMs ??= nowMs;
    keepSample(samples, { atMs: nowMs, done });
    const [first] = samples;
    if (nowMs - firstMs < SETTLED_AFTER_MS || first === undefined || first.atMs === nowMs) return null;
    return Math.round(((done - first.done) / (nowMs - first.atMs)) * 1000);
  };
}

type Sample = Readonly<Record<"atMs" | "done", number>>;

function keepSample(samples: Sample[], sample: Sample): void {
  const last = samples.at(-1);
  // A run that starts over counts from 0 again.
  if (last !== undefined && sample.done < last.done) samples.length = 0;
  if (samples.length === 0 || sample.atMs - (last?.atMs ?? 0) >= SAMPLE_EVERY_MS) samples.push(sample);
  while (samples.length > 2 && sample.atMs - (samples[1]?.atMs ?? 0) >= WINDOW_MS) samples.shift();
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

interface Slowest {
  readonly onEvent: OnEvent;
  /** Prints on stderr; prints nothing if the store never throttled the run. */
  readonly print: () => void;
}

/** Keeps the lowest rates, which explain at the end why a run took so long. */
export function slowest(): Slowest {
  let lowest: Slowed = {};
  let retries = 0;
  return {
    onEvent(event) {
      if (event.kind === "retry") retries += 1;
      if (event.kind !== "rate" || event.perSecond === event.ceiling) return;
      const earlier = lowest[event.access]?.perSecond ?? Number.POSITIVE_INFINITY;
      if (event.perSecond !== null && event.perSecond < earlier) lowest = slowedBy(lowest, event);
    },
    print() {
      const words = slowedWords(lowest);
      if (words === "") return;
      const again = countOf(retries, "retry", "retries");
      note(`throttled: the store limited the request rate: ${words} at the slowest; ${again}`);
    },
  };
}
