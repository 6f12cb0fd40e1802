import type { ObjectStore } from "./object-store.js";
import { interceptCalls, type Operation } from "./operations.js";
import { type Clock, pause, systemClock } from "./pace/token-bucket.js";
import { StoreError, type StoreErrorKind } from "./store-error.js";

export interface RenewOptions {
  /** Resolves the credentials again, bypassing caches of earlier ones. */
  readonly renew: () => Promise<void>;
  /** Called for each failed attempt that will be repeated. */
  readonly onRetry?: (operation: Operation, error: StoreError) => void;
  /** Called when waiting did not help: no call of this connection can succeed any longer. */
  readonly onLost?: (error: StoreError) => void;
  /** Stops waiting: the current error is then final. */
  readonly signal?: AbortSignal | undefined;
  readonly clock?: Clock;
}

/**
 * Waiting does not help credentials that were never accepted. They get one more attempt, after they are
 * resolved or signed again.
 */
const ATTEMPTS_AT_FIRST = 2;
/**
 * With the delays below, about a minute and a half to renew the credentials. Clock skew is corrected at once
 * or never.
 */
const ATTEMPTS: Readonly<Partial<Record<StoreErrorKind, number>>> = {
  "expired-credentials": 9,
  "no-credentials": 9,
  "invalid-credentials": 9,
  "clock-skew": 3,
};
const BASE_DELAY_MS = 500;
const MAX_DELAY_MS = 30_000;

/**
 * Repeats a call with newly resolved credentials while the store rejects the credentials or the time of the
 * signature. If that does not help within a bounded time, it reports so once for all calls.
 */
export function renewingStore(store: ObjectStore, options: RenewOptions): ObjectStore {
  let accepted = false;
  return interceptCalls(store, (operation, call) => {
    const attempt = async (nth: number): Promise<unknown> => {
      try {
        const answer = await call();
        accepted = true;
        return answer;
      } catch (error) {
        const renewed = error instanceof StoreError && (await renew({ operation, error, nth, accepted }, options));
        if (!renewed) throw error;
      }
      return attempt(nth + 1);
    };
    return attempt(1);
  });
}

interface FailedAttempt {
  readonly operation: Operation;
  readonly error: StoreError;
  /** Number of this attempt. */
  readonly nth: number;
  /** Whether the store has accepted any call so far. */
  readonly accepted: boolean;
}

/** Waits and resolves the credentials again. Returns false if another attempt is pointless. */
async function renew({ operation, error, nth, accepted }: FailedAttempt, options: RenewOptions): Promise<boolean> {
  const { signal, clock = systemClock } = options;
  const attempts = attemptsFor(error, accepted);
  if (attempts === 0 || signal?.aborted) return false;
  if (nth >= attempts) {
    options.onLost?.(error);
    return false;
  }
  options.onRetry?.(operation, error);
  await pause(renewalDelayMs(nth), clock, signal);
  if (signal?.aborted) return false;
  // The rejected request already set the clock.
  if (error.kind !== "clock-skew") await options.renew();
  return true;
}

/** The most attempts of a call that fails with this error; 0 if the error is not about credentials. */
function attemptsFor({ kind, facts }: StoreError, accepted: boolean): number {
  // An unknown access key, or credentials that cannot be found, can only be temporary if earlier calls
  // succeeded.
  const onlyOnceAccepted = kind === "no-credentials" || facts.code === "InvalidAccessKeyId";
  if (onlyOnceAccepted) return accepted ? (ATTEMPTS[kind] ?? 0) : 0;
  if (kind !== "expired-credentials" && kind !== "clock-skew") return 0;
  return accepted ? (ATTEMPTS[kind] ?? 0) : ATTEMPTS_AT_FIRST;
}

/**
 * No delay before the first renewal, because the credentials may already be renewed. Then delays grow, with
 * jitter so that callers do not coincide.
 */
function renewalDelayMs(attempt: number): number {
  if (attempt === 1) return 0;
  return Math.min(MAX_DELAY_MS, BASE_DELAY_MS * 2 ** attempt) * (0.5 + Math.random() / 2);
}
