import type { ObjectStore } from "./object-store.js";
import { interceptCalls, type Operation } from "./operations.js";
import type { RetryBudget } from "./pace/retry-budget.js";
import { type Clock, pause, systemClock } from "./pace/token-bucket.js";
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

export interface RetryOptions {
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
  return interceptCalls(store, async (operation, call) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const answer = await call();
        budget?.earn();
        return markRetried(attempt, operation, answer);
      } catch (error) {
        if (!isWorthAnother(operation, attempt, error, options)) throw error;
        options.onRetry?.(operation, error);
        await pause(waitMs(attempt, error), clock, signal);
        await budget?.spend(signal);
        if (signal?.aborted) throw error;
      }
    }
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
