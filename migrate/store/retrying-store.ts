import type { ObjectStore } from "./object-store.js";
import { attempts, interceptCalls, type Operation, requests } from "./operations.js";
import { type Clock, pause, type RetryBudget, systemClock } from "./pace/token-bucket.js";
import { StoreError, type StoreErrorKind } from "./store-error.js";

/**
 * The most attempts by kind. Errors inside the store are mostly permanent, and waiting for them would delay
 * other calls.
 */
const MAX_ATTEMPTS: Readonly<Partial<Record<StoreErrorKind, number>>> = {
  throttled: Number.POSITIVE_INFINITY,
  unreachable: Number.POSITIVE_INFINITY,
  conflict: Number.POSITIVE_INFINITY,
  "server-error": 5,
};
const BASE_DELAY_MS = 100;
const MAX_DELAY_MS = 20_000;
/** A store may ask for a longer wait than a run can afford. */
const MAX_RETRY_AFTER_MS = 60_000;

interface RetryOptions {
  /** The most attempts of one call. */
  readonly maxAttempts: number;
  /** Shared by all callers of one connection. @default none: every retry is made */
  readonly budget?: RetryBudget;
  /** Called for each failed attempt that will be repeated. */
  readonly onRetry?: (operation: Operation, error: StoreError) => void;
  /** Stops waiting: the current error is then final. */
  readonly signal?: AbortSignal | undefined;
  readonly clock?: Clock;
}

/** Full jitter: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/ */
export function retryDelayMs(attempt: number, random: () => number = Math.random): number {
  return random() * Math.min(MAX_DELAY_MS, BASE_DELAY_MS * 2 ** attempt);
}

/** Repeats a call while the store's error may be temporary. */
export function retryingStore(store: ObjectStore, options: RetryOptions): ObjectStore {
  const { budget, signal, clock = systemClock } = options;
  return interceptCalls(store, (operation, call) => {
    const attempt = (nth: number): Promise<unknown> =>
      (requests.hasSubscribers ? attempts.run(nth, call) : call()).then(
        (answer) => {
          budget?.earn();
          return markRetried(nth, operation, answer);
        },
        async (error: unknown) => {
          if (!isWorthAnother(operation, nth, error, options)) throw error;
          options.onRetry?.(operation, error);
          await pause(waitMs(nth, error), clock, signal);
          await budget?.spend(signal);
          if (signal?.aborted) throw error;
          return attempt(nth + 1);
        },
      );
    return attempt(1);
  });
}

/** The caller must check whether the delete marker exists before it adds another. */
function isDoneTwice(operation: Operation, { kind }: StoreError): boolean {
  return operation === "addDeleteMarker" && (kind === "unreachable" || kind === "server-error");
}

/** If the answer to an earlier attempt was lost, only the caller can look for the upload that it created. */
function markRetried(attempt: number, operation: Operation, answer: unknown): unknown {
  return attempt > 1 && operation === "createMultipartUpload" ? { ...(answer as object), retried: true } : answer;
}

function isWorthAnother(
  operation: Operation,
  attempt: number,
  error: unknown,
  options: RetryOptions,
): error is StoreError {
  if (!(error instanceof StoreError) || options.signal?.aborted || isDoneTwice(operation, error)) return false;
  return attempt < Math.min(options.maxAttempts, MAX_ATTEMPTS[error.kind] ?? 1);
}

/**
 * At least as long as the store asked. The jitter on top separates clients that received the same
 * Retry-After.
 */
function waitMs(attempt: number, { facts }: StoreError): number {
  return Math.min(facts.retryAfterMs ?? 0, MAX_RETRY_AFTER_MS) + retryDelayMs(attempt);
}

interface RenewOptions {
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
const RENEWAL_BASE_DELAY_MS = 500;
const RENEWAL_MAX_DELAY_MS = 30_000;

/**
 * Repeats a call with newly resolved credentials while the store rejects the credentials or the time of the
 * signature. If that does not help within a bounded time, it reports so once for all calls.
 */
export function renewingStore(store: ObjectStore, options: RenewOptions): ObjectStore {
  let accepted = false;
  return interceptCalls(store, (operation, call) => {
    const attempt = (nth: number): Promise<unknown> =>
      call().then(
        (answer) => {
          accepted = true;
          return answer;
        },
        async (error: unknown) => {
          const renewed = error instanceof StoreError && (await renew({ operation, error, nth, accepted }, options));
          if (!renewed) throw error;
          return attempt(nth + 1);
        },
      );
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
  return Math.min(RENEWAL_MAX_DELAY_MS, RENEWAL_BASE_DELAY_MS * 2 ** attempt) * (0.5 + Math.random() / 2);
}
