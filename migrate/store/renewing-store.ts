import type { ObjectStore } from "./object-store.js";
import { interceptCalls, type Operation } from "./operations.js";
import { type Clock, pause, systemClock } from "./pace/token-bucket.js";
import { StoreError, type StoreErrorKind } from "./store-error.js";

export interface RenewOptions {
  /** Resolves the credentials anew, past whatever keeps earlier ones. */
  readonly renew: () => Promise<void>;
  /** Told of each failed attempt that will be made again. */
  readonly onRetry?: (operation: Operation, error: StoreError) => void;
  /** Told that waiting did not help: no call of this connection can succeed any more. */
  readonly onLost?: (error: StoreError) => void;
  /** Stops waiting: the error at hand is then the last word. */
  readonly signal?: AbortSignal | undefined;
  readonly clock?: Clock;
}

/** Credentials that were never accepted will not be by waiting, except for being read or signed anew once. */
const ATTEMPTS_AT_FIRST = 2;
/** About a minute and a half for whoever renews them, at the waits below. A clock is right at once or never. */
const ATTEMPTS: Readonly<Partial<Record<StoreErrorKind, number>>> = {
  "expired-credentials": 9,
  "no-credentials": 9,
  "invalid-credentials": 9,
  "clock-skew": 3,
};
const BASE_DELAY_MS = 500;
const MAX_DELAY_MS = 30_000;

/**
 * Makes a call again, with credentials resolved anew, while the store refuses those that it has or the time of the signature.
 * What does not come right within a bounded time is told once for all calls.
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
  /** Which attempt of the call it was. */
  readonly nth: number;
  /** Whether the store has accepted any call so far. */
  readonly accepted: boolean;
}

/** Waits, and resolves the credentials anew. False where another attempt is no use. */
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
  // The clock was set by the refusal already.
  if (error.kind !== "clock-skew") await options.renew();
  return true;
}

/** How often a call is made at most that ends so; 0 where the error is not the credentials'. */
function attemptsFor({ kind, facts }: StoreError, accepted: boolean): number {
  // A key that the store does not know, or credentials that cannot be found, were there before if calls succeeded.
  const onlyOnceAccepted = kind === "no-credentials" || facts.code === "InvalidAccessKeyId";
  if (onlyOnceAccepted) return accepted ? (ATTEMPTS[kind] ?? 0) : 0;
  if (kind !== "expired-credentials" && kind !== "clock-skew") return 0;
  return accepted ? (ATTEMPTS[kind] ?? 0) : ATTEMPTS_AT_FIRST;
}

/** None before the first, for credentials that were renewed already; then longer and longer, and never the same for two. */
function renewalDelayMs(attempt: number): number {
  if (attempt === 1) return 0;
  return Math.min(MAX_DELAY_MS, BASE_DELAY_MS * 2 ** attempt) * (0.5 + Math.random() / 2);
}
