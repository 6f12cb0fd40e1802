import { type Clock, createTurnstile, TokenBucket } from "./token-bucket.js";

/** As Finagle's: a fifth of the calls that succeed, and ten a second on top. https://twitter.github.io/finagle/guide/Clients.html#retries */
const PER_SUCCESS = 0.2;
const PER_SECOND = 10;
const MOST_SAVED = 500;

export interface RetryBudget {
  /** Resolves when one more retry is within the budget; at once where the signal is aborted. */
  spend(signal?: AbortSignal): Promise<void>;
  /** A call succeeded. */
  earn(): void;
}

/**
 * Bounds what share of a connection's traffic is retries, whoever makes them. When it is spent a retry waits: the budget fills
 * with time as well as with successes, so that it never runs dry for good.
 */
export function retryBudget(clock: Clock): RetryBudget {
  const tokens = new TokenBucket({ ratePerSecond: () => PER_SECOND, most: () => MOST_SAVED }, clock.now);
  const turnstile = createTurnstile(() => tokens.tryTake(), clock);
  return {
    spend: turnstile.pass,
    earn: () => {
      tokens.add(PER_SUCCESS);
      turnstile.wake();
    },
  };
}
