import type { ObjectStore } from "./object-store.js";
import { interceptCalls, OPERATIONS, type Operation } from "./operations.js";
import { adaptiveRate, type LoopStalls, type Settled } from "./pace/adaptive-rate.js";
import { type Clock, createTurnstile, systemClock, TokenBucket } from "./pace/token-bucket.js";
import { StoreError, type StoreErrorKind } from "./store-error.js";

const REPORT_EVERY_MS = 1000;
/** Requests that were not sent are saved up for so long, so no ten seconds have more than 1.25 % above the rate. */
const SAVED_SECONDS = 1 / 8;

interface RateReporter {
  lowered(): void;
  /** Call it often. Reports the climbing rate once a second, and at once when it is restored. */
  look(): void;
}

/** Reports changes of the rate, and nothing while the rate is the usual one. `null` means no limit. */
function rateReporter(
  rate: ReturnType<typeof adaptiveRate>,
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

/** Who may send a request when, of reads or of writes. Learns from the outcomes. */
export interface Turns {
  /** Resolves when a request may be sent. `undefined` if that is so at once, or if the signal is aborted. */
  pass(signal?: AbortSignal): Promise<void> | undefined;
  /** Records the outcome of a request that was sent at this time. */
  settled(sentAt: number, as: Settled): void;
  /** How many callers wait for their turn. */
  readonly waiting: number;
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
const SIGNALS_OVERLOAD: Readonly<Partial<Record<StoreErrorKind, Settled>>> = {
  throttled: "refused",
  unreachable: "broken",
};

function openTurns({ ceiling, clock, onRate }: PaceOptions): OwnedTurns {
  const rate = adaptiveRate(ceiling, clock.now);
  const most = () => Math.max(1, rate.perSecond() * SAVED_SECONDS);
  const bucket = new TokenBucket({ ratePerSecond: rate.perSecond, most }, clock.now);
  const turnstile = createTurnstile(() => bucket.tryTake(), clock);
  const reporter = rateReporter(rate, ceiling, clock.now, onRate);
  const passMany = async (count: number, signal?: AbortSignal) => {
    await turnstile.pass(signal);
    let taken = 1;
    while (taken < count && bucket.tryTake() === 0) taken += 1;
    rate.sent(taken);
    return taken;
  };
  return {
    pass: (signal) => {
      const turn = turnstile.pass(signal);
      if (turn !== undefined) return turn.then(() => rate.sent());
      rate.sent();
      return undefined;
    },
    passMany,
    sent: rate.sent,
    get waiting() {
      return turnstile.waiting;
    },
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

interface PaceTools extends Pick<RateLimitTools, "stalls" | "onLook"> {
  readonly clock: Clock;
}

function paceOf(turns: Turns, { clock, stalls, onLook }: PaceTools) {
  const send = <T>(operation: Operation, call: () => Promise<T>): Promise<T> => {
    const sentAt = clock.now();
    return call().then(
      (answer) => {
        turns.settled(sentAt, "answered");
        if (operation === "headObject") onLook?.(clock.now() - sentAt, clock.now());
        return answer;
      },
      (error: unknown) => {
        const as = (error instanceof StoreError && SIGNALS_OVERLOAD[error.kind]) || "answered";
        // Had this process not stalled, the answer might have come in time.
        if (as !== "broken" || !stalls?.since(sentAt)) turns.settled(sentAt, as);
        throw error;
      },
    );
  };
  return <T>(operation: Operation, call: () => Promise<T>, signal?: AbortSignal): Promise<T> => {
    const turn = turns.pass(signal);
    return turn === undefined ? send(operation, call) : turn.then(() => send(operation, call));
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
  /** @default stalls of this process are not told apart from broken connections */
  readonly stalls?: Pick<LoopStalls, "since"> | undefined;
  /** Called for each answer to HEAD with the time that it took, and the time now. */
  readonly onLook?: ((ms: number, now: number) => void) | undefined;
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
  const ofCalls = { ...tools, clock };
  const paces = { read: paceOf(turns.read, ofCalls), write: paceOf(turns.write, ofCalls) };
  return interceptCalls(store, (operation, call) => paces[OPERATIONS[operation].access](operation, call, signal));
}
