import { monitorEventLoopDelay } from "node:perf_hooks";

/** The largest share by which one second of rejections lowers the rate. */
const MAX_DECREASE = 0.5;
/** Stores count requests per second, so all rejections within one second count as one. */
const INTERVAL_MS = 1000;
const MIN_PER_SECOND = 1;
/**
 * Fewer requests per second than this do not show the store's limit, so they are not used as a measurement.
 */
const MIN_MEASURED = 100;
/** Requests per second, per cubic second. The AWS SDKs climb as fast in their adaptive mode. */
const CLIMB = 0.4;
/** How long it takes to return to the rate at which connections broke. */
const RETURN_MS = 2000;

/**
 * What became of a request: the store answered, it asked to slow down, or the connection broke or brought
 * nothing in time. The last may have many causes.
 */
export type Settled = "answered" | "refused" | "broken";

/** The outcomes of the requests since the first rejection. */
interface Interval {
  readonly since: number;
  settled: number;
  refused: number;
  broken: number;
}

interface Lowered {
  readonly at: number;
  readonly from: number;
  /** The rate near which the climb slows down. */
  readonly plateau: number;
  /** At this rate, the limit is that of `before` again. */
  readonly restoredAt: number;
  /** The store itself asked for it. Otherwise connections broke, and the former rate is tried again soon. */
  readonly isAsked: boolean;
  /** The rate that the store asked for earlier; `null` if none, so that the ceiling holds again. */
  readonly before: Lowered | null;
  /** Time of the first success since; the rate does not climb earlier. */
  climbsSince: number | null;
}

interface AdaptiveRate {
  /** Requests per second that may be sent now; `Infinity` for no limit. */
  perSecond(): number;
  /** @default one */
  sent(count?: number): void;
  /** Records the outcome of a request sent at this time. Returns whether the rate was lowered. */
  settled(sentAt: number, as: Settled): boolean;
}

/**
 * A rate limit that adapts to what the store accepts.
 *
 * After a second with rejections, the rate falls to the share that was accepted, but at most by half. An
 * overloaded store thus gets relief soon, while one broken connection in a hundred costs little. If the store
 * asked for it, the rate climbs back as in RFC 9438 (CUBIC): fast until near the rate that was rejected,
 * slowly there, then faster and faster. If connections broke, it is back after two seconds. Without a ceiling
 * it starts unlimited and falls from the measured rate.
 */
export function adaptiveRate(ceiling: number | null, now: () => number): AdaptiveRate {
  const most = ceiling ?? Number.POSITIVE_INFINITY;
  const meter = createSendMeter(now);
  let lowered: Lowered | null = null;
  let interval: Interval | null = null;
  const perSecond = () => {
    while (lowered !== null) {
      const rate = climb(lowered, now());
      if (rate < lowered.restoredAt) return rate;
      lowered = lowered.before;
    }
    return most;
  };
  const settled: AdaptiveRate["settled"] = (sentAt, as) => {
    // The outcome of requests that were in flight when the rate fell has been counted already.
    if (lowered !== null && sentAt < lowered.at) return false;
    if (lowered !== null && as === "answered") lowered.climbsSince ??= now();
    if (interval === null && as === "answered") return false;
    interval ??= { since: now(), settled: 0, refused: 0, broken: 0 };
    interval.settled += 1;
    if (as !== "answered") interval[as] += 1;
    if (now() - interval.since < INTERVAL_MS) return false;
    // The allowed rate means nothing if far fewer requests were sent.
    const measured = Math.max(meter.perSecond(), MIN_MEASURED);
    lowered = fall(interval, { lowered, measured, refusedAt: Math.min(perSecond(), measured), ceiling, at: now() });
    interval = null;
    return true;
  };
  return { perSecond, sent: meter.sent, settled };
}

interface Fall {
  readonly lowered: Lowered | null;
  /** Requests per second that were sent. */
  readonly measured: number;
  readonly refusedAt: number;
  readonly ceiling: number | null;
  readonly at: number;
}

function fall({ settled, refused, broken }: Interval, { lowered, measured, refusedAt, ceiling, at }: Fall): Lowered {
  const share = Math.min(MAX_DECREASE, (refused + broken) / settled);
  const from = Math.max(MIN_PER_SECOND, refusedAt * (1 - share));
  const known = { at, from, isAsked: refused > 0, climbsSince: null };
  const asked = lowered === null || lowered.isAsked ? lowered : lowered.before;
  if (refused === 0) {
    const plateau = Math.max(refusedAt, lowered === asked ? 0 : (lowered?.plateau ?? 0));
    return { ...known, plateau, restoredAt: plateau, before: asked };
  }
  // If the store rejects at a lower rate than last time, it accepts less than then: RFC 9438, 4.7, "fast
  // convergence".
  const plateau = refusedAt < (asked?.plateau ?? 0) ? (refusedAt + from) / 2 : refusedAt;
  const restoredAt = ceiling ?? Math.max(2 * measured, asked?.restoredAt ?? 0);
  return { ...known, plateau: Math.max(from, plateau), restoredAt, before: null };
}

function climb({ from, plateau, climbsSince, isAsked }: Lowered, now: number): number {
  if (climbsSince === null) return from;
  if (!isAsked) return from + ((plateau - from) * (now - climbsSince)) / RETURN_MS;
  const secondsToPlateau = Math.cbrt((plateau - from) / CLIMB);
  return plateau + CLIMB * ((now - climbsSince) / 1000 - secondsToPlateau) ** 3;
}

const SLOTS = 10;
const SLOT_MS = 100;

interface SendMeter {
  sent(count?: number): void;
  /** Number of requests sent in the last second. */
  perSecond(): number;
}

/**
 * Counts requests in slots of a tenth of a second, because a timestamp for each of thousands would use too
 * much memory.
 */
function createSendMeter(now: () => number): SendMeter {
  const counts = new Array<number>(SLOTS).fill(0);
  let latest = Math.floor(now() / SLOT_MS);
  const forget = () => {
    const slot = Math.floor(now() / SLOT_MS);
    for (let old = Math.max(latest + 1, slot - SLOTS + 1); old <= slot; old += 1) counts[old % SLOTS] = 0;
    latest = slot;
    return slot % SLOTS;
  };
  return {
    sent: (count = 1) => {
      const slot = forget();
      counts[slot] = (counts[slot] ?? 0) + count;
    },
    perSecond: () => {
      forget();
      return counts.reduce((sum, count) => sum + count, 0);
    },
  };
}

const STALL_RESOLUTION_MS = 50;
const LOOK_EVERY_MS = 1000;
/** A process that was stopped for so long may take an answer that is there for one that is late. */
const STALL_MS = 500;

export interface LoopStalls {
  /** Whether this process stalled at some time since then; may be off by a second. */
  since(atMs: number): boolean;
  close(): void;
}

/** Watches for times at which the event loop of this process did not turn, by `performance.now()`. */
export function watchLoopStalls(): LoopStalls {
  const delay = monitorEventLoopDelay({ resolution: STALL_RESOLUTION_MS });
  let lastMs = Number.NEGATIVE_INFINITY;
  const look = () => {
    if (delay.max / 1e6 < STALL_MS) return;
    lastMs = performance.now();
    delay.reset();
  };
  const looking = setInterval(look, LOOK_EVERY_MS).unref();
  delay.enable();
  return {
    since: (atMs) => {
      look();
      return lastMs >= atMs;
    },
    close: () => {
      clearInterval(looking);
      delay.disable();
    },
  };
}
