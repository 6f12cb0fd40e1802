import type { ObjectStore } from "./object-store.js";
import { interceptCalls, type Operation } from "./operations.js";
import type { RetryBudget } from "./pace/retry-budget.js";
import { type Clock, pause, systemClock } from "./pace/token-bucket.js";
import { StoreError, type StoreErrorKind } from "./store-error.js";

/** How often at most, by kind: what fails inside the store most often fails for good, and waiting for it holds up others. */
const MOST_ATTEMPTS: Readonly<Partial<Record<StoreErrorKind, number>>> = {
  throttled: Number.POSITIVE_INFINITY,
  unreachable: Number.POSITIVE_INFINITY,
  conflict: Number.POSITIVE_INFINITY,
  "server-error": 5,
};
const BASE_DELAY_MS = 100;
const MAX_DELAY_MS = 20_000;
/** A store may ask for more patience than a run has. */
const MAX_RETRY_AFTER_MS = 60_000;

export interface RetryOptions {
  /** How often one call is made at most. */
  readonly maxAttempts: number;
  /** Shared by all that make calls on one connection. @default none: every retry is made */
  readonly budget?: RetryBudget;
  /** Told of each failed attempt that will be made again. */
  readonly onRetry?: (operation: Operation, error: StoreError) => void;
  /** Stops waiting: the error at hand is then the last word. */
  readonly signal?: AbortSignal | undefined;
  readonly clock?: Clock;
}

/** Full jitter: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/ */
export function retryDelayMs(attempt: number, random: () => number = Math.random): number {
  return random() * Math.min(MAX_DELAY_MS, BASE_DELAY_MS * 2 ** attempt);
}

/** Makes a call again while the store says that it might succeed later. */
export function retryingStore(store: ObjectStore, options: RetryOptions): ObjectStore {
  const { budget, signal, clock = systemClock } = options;
  return interceptCalls(store, async (operation, call) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const answer = await call();
        budget?.earn();
        return ofAttempt(attempt, operation, answer);
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

/** Whoever adds a delete marker has to look whether it is there before adding another. */
function isDoneTwice(operation: Operation, { kind }: StoreError): boolean {
  return operation === "addDeleteMarker" && (kind === "unreachable" || kind === "server-error");
}

/** What an attempt before began, whose answer was lost, only its caller can look for. */
function ofAttempt(attempt: number, operation: Operation, answer: unknown): unknown {
  return attempt > 1 && operation === "createMultipartUpload" ? { ...(answer as object), retried: true } : answer;
}

function isWorthAnother(
  operation: Operation,
  attempt: number,
  error: unknown,
  options: RetryOptions,
): error is StoreError {
  if (!(error instanceof StoreError) || options.signal?.aborted || isDoneTwice(operation, error)) return false;
  return attempt < Math.min(options.maxAttempts, MOST_ATTEMPTS[error.kind] ?? 1);
}

/** At least what the store asked for, if it did: the jitter on top keeps those apart who were told the same. */
function waitMs(attempt: number, { facts }: StoreError): number {
  return Math.min(facts.retryAfterMs ?? 0, MAX_RETRY_AFTER_MS) + retryDelayMs(attempt);
}
