import { StoreError, type StoreErrorKind } from "../store-error.js";
import { adaptiveRate, rateReporter } from "./adaptive-rate.js";
import { type Clock, createTurnstile, TokenBucket } from "./token-bucket.js";

/** Makes a call when it is its turn, and learns from the outcome. */
export type Pace = <T>(call: () => Promise<T>, signal?: AbortSignal) => Promise<T>;

export interface PaceOptions {
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

export function createPace({ ceiling, clock, onRate }: PaceOptions): Pace {
  const rate = adaptiveRate(ceiling, clock.now);
  // Allows a burst of one second's requests.
  const bucket = new TokenBucket({ ratePerSecond: rate.perSecond, most: rate.perSecond }, clock.now);
  const turnstile = createTurnstile(() => bucket.tryTake(), clock);
  const reporter = rateReporter(rate, ceiling, clock.now, onRate);
  const settle = (sentAt: number, as: "answered" | "refused") => {
    if (rate.settled(sentAt, as)) {
      // An overloaded store should not get a burst.
      bucket.drain();
      reporter.lowered();
    }
    reporter.look();
  };
  return async (call, signal) => {
    await turnstile.pass(signal);
    const sentAt = clock.now();
    rate.sent();
    try {
      const answer = await call();
      settle(sentAt, "answered");
      return answer;
    } catch (error) {
      settle(sentAt, error instanceof StoreError && SIGNALS_OVERLOAD.has(error.kind) ? "refused" : "answered");
      throw error;
    }
  };
}
