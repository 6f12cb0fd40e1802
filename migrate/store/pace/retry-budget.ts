import { type Clock, createTurnstile, TokenBucket } from "./token-bucket.js";

/**
 * The same as Finagle's: a fifth of the successful calls, plus ten per second.
 * https://twitter.github.io/finagle/guide/Clients.html#retries
 */
const PER_SUCCESS = 0.2;
const PER_SECOND = 10;
const MAX_SAVED = 500;

export interface RetryBudget {
  /** Resolves when the budget allows one more retry, or at once if the signal is aborted. */
  spend(signal?: AbortSignal): Promise<void>;
  /** Records a successful call. */
  earn(): void;
}

/**
 * Limits the share of retries in a connection's traffic, over all callers. If the budget is spent, a retry
 * waits. The budget refills with time as well as with successes, so it never stays empty.
 */
export function retryBudget(clock: Clock): RetryBudget {
  const tokens = new TokenBucket({ ratePerSecond: () => PER_SECOND, most: () => MAX_SAVED }, clock.now);
  const turnstile = createTurnstile(() => tokens.tryTake(), clock);
  return {
    spend: turnstile.pass,
    earn: () => {
      tokens.add(PER_SUCCESS);
      turnstile.wake();
    },
  };
}
