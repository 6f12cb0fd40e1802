import type { ObjectStore } from "./object-store.js";
import { interceptCalls, OPERATIONS } from "./operations.js";
import { type Clock, createTurnstile, systemClock, TokenBucket } from "./pace/token-bucket.js";
import { StoreError, type StoreErrorKind } from "./store-error.js";

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

/** The outcomes of the requests since the first rejection. */
interface Interval {
  readonly since: number;
  settled: number;
  refused: number;
}

interface Lowered {
  readonly at: number;
  readonly from: number;
  /** The rate near which the climb slows down. */
  readonly plateau: number;
  /** At this rate, the limit is the ceiling again, or is removed if there is no ceiling. */
  readonly restoredAt: number;
  /** Time of the first success since; the rate does not climb earlier. */
  climbsSince: number | null;
}

interface AdaptiveRate {
  /** Requests per second that may be sent now; `Infinity` for no limit. */
  perSecond(): number;
  sent(): void;
  /** Records the outcome of a request sent at this time. Returns whether the rate was lowered. */
  settled(sentAt: number, as: "answered" | "refused"): boolean;
}

/**
 * A rate limit that adapts to what the store accepts.
 *
 * After a second with rejections, the rate falls to the share that was accepted, but at most by half. An
 * overloaded store thus gets relief soon, while one broken connection in a hundred costs little. The rate
 * climbs back as in RFC 9438 (CUBIC): fast until near the rate that was rejected, slowly there, then faster
 * and faster. Without a ceiling it starts unlimited and falls from the measured rate.
 */
export function adaptiveRate(ceiling: number | null, now: () => number): AdaptiveRate {
  const most = ceiling ?? Number.POSITIVE_INFINITY;
  const meter = createSendMeter(now);
  let lowered: Lowered | null = null;
  let interval: Interval | null = null;
  const perSecond = () => {
    if (lowered === null) return most;
    const rate = climb(lowered, now());
    if (rate < lowered.restoredAt) return rate;
    lowered = null;
    return most;
  };
  const fall = (share: number) => {
    // The allowed rate means nothing if far fewer requests were sent.
    const measured = Math.max(meter.perSecond(), MIN_MEASURED);
    const refusedAt = Math.min(perSecond(), measured);
    const from = Math.max(MIN_PER_SECOND, refusedAt * (1 - Math.min(MAX_DECREASE, share)));
    // If the store rejects at a lower rate than last time, it accepts less than then: RFC 9438, 4.7, "fast
    // convergence".
    const plateau = refusedAt < (lowered?.plateau ?? 0) ? (refusedAt + from) / 2 : refusedAt;
    const restoredAt = ceiling ?? Math.max(2 * measured, lowered?.restoredAt ?? 0);
    lowered = { at: now(), from, plateau: Math.max(from, plateau), restoredAt, climbsSince: null };
  };
  const settled: AdaptiveRate["settled"] = (sentAt, as) => {
    // The outcome of requests that were in flight when the rate fell has been counted already.
    if (lowered !== null && sentAt < lowered.at) return false;
    if (lowered !== null && as === "answered") lowered.climbsSince ??= now();
    if (interval === null && as === "answered") return false;
    interval ??= { since: now(), settled: 0, refused: 0 };
    interval.settled += 1;
    if (as === "refused") interval.refused += 1;
    if (now() - interval.since < INTERVAL_MS) return false;
    fall(interval.refused / interval.settled);
    interval = null;
    return true;
  };
  return { perSecond, sent: meter.sent, settled };
}

function climb({ from, plateau, climbsSince }: Lowered, now: number): number {
  if (climbsSince === null) return from;
  const secondsToPlateau = Math.cbrt((plateau - from) / CLIMB);
  return plateau + CLIMB * ((now - climbsSince) / 1000 - secondsToPlateau) ** 3;
}

const REPORT_EVERY_MS = 1000;

interface RateReporter {
  lowered(): void;
  /** Call it often. Reports the climbing rate once a second, and at once when it is restored. */
  look(): void;
}

/** Reports changes of the rate, and nothing while the rate is the usual one. `null` means no limit. */
function rateReporter(
  rate: AdaptiveRate,
  ceiling: number | null,
  now: () => number,
  onRate: (perSecond: number | null) => void,
): RateReporter {
  const usual = ceiling ?? Number.POSITIVE_INFINITY;
  let reported = usual;
  let reportedAt = now();
  const report = (perSecond: number) => {
    reported = perSecond;
    reportedAt = now();
    onRate(perSecond === Number.POSITIVE_INFINITY ? null : Math.round(perSecond));
  };
  return {
    lowered: () => report(rate.perSecond()),
    look: () => {
      if (reported === usual) return;
      const perSecond = rate.perSecond();
      if (perSecond === usual || now() - reportedAt >= REPORT_EVERY_MS) report(perSecond);
    },
  };
}

const SLOTS = 10;
const SLOT_MS = 100;

interface SendMeter {
  sent(): void;
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
    sent: () => {
      const slot = forget();
      counts[slot] = (counts[slot] ?? 0) + 1;
    },
    perSecond: () => {
      forget();
      return counts.reduce((sum, count) => sum + count, 0);
    },
  };
}

/** Who may send a request when, of reads or of writes. Learns from the outcomes. */
export interface Turns {
  /** Resolves when a request may be sent, or at once if the signal is aborted. */
  pass(signal?: AbortSignal): Promise<void>;
  /** Records the outcome of a request that was sent at this time. */
  settled(sentAt: number, as: "answered" | "refused"): void;
}

/** Turns that others share. */
export interface OwnedTurns extends Turns {
  /** Takes up to so many turns. Resolves with their number once it has at least one. */
  passMany(count: number, signal?: AbortSignal): Promise<number>;
  /** Whether there is a limit now: callers without one need not take turns. */
  readonly isLimited: boolean;
  /** Counts requests that were sent without turns. */
  sent(count: number): void;
}

export type TurnsByAccess<T extends Turns = Turns> = Readonly<Record<RateChange["access"], T>>;

interface PaceOptions {
  /** Requests per second; `null` for no limit. */
  readonly ceiling: number | null;
  readonly clock: Clock;
  /**
   * Receives the rate when it is lowered, periodically while it climbs, and when it reaches the ceiling
   * again.
   */
  readonly onRate: (perSecond: number | null) => void;
}

/** The errors with which a store, or a proxy in front of it, signals overload. */
const SIGNALS_OVERLOAD: ReadonlySet<StoreErrorKind> = new Set(["throttled", "unreachable"]);

function openTurns({ ceiling, clock, onRate }: PaceOptions): OwnedTurns {
  const rate = adaptiveRate(ceiling, clock.now);
  // Allows a burst of one second's requests.
  const bucket = new TokenBucket({ ratePerSecond: rate.perSecond, most: rate.perSecond }, clock.now);
  const turnstile = createTurnstile(() => bucket.tryTake(), clock);
  const reporter = rateReporter(rate, ceiling, clock.now, onRate);
  const sent = (count: number) => {
    for (let nth = 0; nth < count; nth += 1) rate.sent();
  };
  const passMany = async (count: number, signal?: AbortSignal) => {
    await turnstile.pass(signal);
    let taken = 1;
    while (taken < count && bucket.tryTake() === 0) taken += 1;
    sent(taken);
    return taken;
  };
  return {
    pass: async (signal) => {
      await turnstile.pass(signal);
      rate.sent();
    },
    passMany,
    sent,
    get isLimited() {
      return rate.perSecond() !== Number.POSITIVE_INFINITY;
    },
    settled: (sentAt, as) => {
      if (rate.settled(sentAt, as)) {
        // An overloaded store should not get a burst.
        bucket.drain();
        reporter.lowered();
      }
      reporter.look();
    },
  };
}

function paceOf(turns: Turns, clock: Clock) {
  return async <T>(call: () => Promise<T>, signal?: AbortSignal): Promise<T> => {
    await turns.pass(signal);
    const sentAt = clock.now();
    try {
      const answer = await call();
      turns.settled(sentAt, "answered");
      return answer;
    } catch (error) {
      turns.settled(sentAt, error instanceof StoreError && SIGNALS_OVERLOAD.has(error.kind) ? "refused" : "answered");
      throw error;
    }
  };
}

interface RateLimits {
  /** Requests per second; `null` for no limit. */
  readonly readsPerSecond: number | null;
  readonly writesPerSecond: number | null;
}

/** The allowed rate of reads or of writes. */
export interface RateChange {
  readonly access: "read" | "write";
  /** Requests per second; the ceiling once it is restored; `null` for no limit. */
  readonly perSecond: number | null;
  /** `null` if there is none. */
  readonly ceiling: number | null;
}

interface RateLimitTools {
  readonly signal?: AbortSignal | undefined;
  readonly clock?: Clock;
  readonly onRate?: (change: RateChange) => void;
  /** @default the limits, without sharing them */
  readonly turns?: TurnsByAccess | undefined;
}

/** The turns of reads and of writes: each adapts on its own. */
export function turnsWithin(
  { readsPerSecond, writesPerSecond }: RateLimits,
  { clock = systemClock, onRate = () => undefined }: Pick<RateLimitTools, "clock" | "onRate"> = {},
): TurnsByAccess<OwnedTurns> {
  const turnsOf = (access: RateChange["access"], ceiling: number | null) =>
    openTurns({ ceiling, clock, onRate: (perSecond) => onRate({ access, perSecond, ceiling }) });
  return { read: turnsOf("read", readsPerSecond), write: turnsOf("write", writesPerSecond) };
}

/**
 * Keeps the rates of reads and of writes below their ceilings, and below what the store accepts: each adapts
 * on its own. Retries wrap this store, so every attempt counts.
 */
export function rateLimitedStore(store: ObjectStore, limits: RateLimits, tools: RateLimitTools = {}): ObjectStore {
  const { signal, clock = systemClock, turns = turnsWithin(limits, tools) } = tools;
  const paces = { read: paceOf(turns.read, clock), write: paceOf(turns.write, clock) };
  return interceptCalls(store, (operation, call) => paces[OPERATIONS[operation].access](call, signal));
}
