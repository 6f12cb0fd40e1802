import { StoreError, type StoreErrorKind } from "../store-error.js";
import { adaptiveRate, rateTeller } from "./adaptive-rate.js";
import { type Clock, createTurnstile, TokenBucket } from "./token-bucket.js";

/** Makes a call when its turn has come, and learns from what comes of it. */
export type Pace = <T>(call: () => Promise<T>, signal?: AbortSignal) => Promise<T>;

export interface PaceOptions {
  /** Requests a second; `null` for no limit. */
  readonly ceiling: number | null;
  readonly clock: Clock;
  /** Told the rate when it was lowered, now and then while it climbs, and when it is the ceiling again. */
  readonly onRate: (perSecond: number | null) => void;
}

/** How a store, or what lies before it, says that it has too much to do. */
const ASKS_FOR_LESS: ReadonlySet<StoreErrorKind> = new Set(["throttled", "unreachable"]);

export function createPace({ ceiling, clock, onRate }: PaceOptions): Pace {
  const rate = adaptiveRate(ceiling, clock.now);
  // A burst of one second's worth.
  const bucket = new TokenBucket({ ratePerSecond: rate.perSecond, most: rate.perSecond }, clock.now);
  const turnstile = createTurnstile(() => bucket.tryTake(), clock);
  const teller = rateTeller(rate, ceiling, clock.now, onRate);
  const settle = (sentAt: number, as: "answered" | "refused") => {
    if (rate.settled(sentAt, as)) {
      // A store that has too much to do can do without a burst.
      bucket.drain();
      teller.lowered();
    }
    teller.look();
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
      settle(sentAt, error instanceof StoreError && ASKS_FOR_LESS.has(error.kind) ? "refused" : "answered");
      throw error;
    }
  };
}
