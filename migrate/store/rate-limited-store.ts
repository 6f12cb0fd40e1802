import type { ObjectStore } from "./object-store.js";
import { interceptCalls, OPERATIONS } from "./operations.js";
import { createPace } from "./pace/pace.js";
import { type Clock, systemClock } from "./pace/token-bucket.js";

export interface RateLimits {
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

export interface RateLimitTools {
  readonly signal?: AbortSignal | undefined;
  readonly clock?: Clock;
  readonly onRate?: (change: RateChange) => void;
}

/**
 * Keeps the rates of reads and of writes below their ceilings, and below what the store accepts: each adapts
 * on its own. Retries wrap this store, so every attempt counts.
 */
export function rateLimitedStore(store: ObjectStore, limits: RateLimits, tools: RateLimitTools = {}): ObjectStore {
  const { signal, clock = systemClock, onRate = () => undefined } = tools;
  const paceOf = (access: RateChange["access"], ceiling: number | null) =>
    createPace({ ceiling, clock, onRate: (perSecond) => onRate({ access, perSecond, ceiling }) });
  const paces = { read: paceOf("read", limits.readsPerSecond), write: paceOf("write", limits.writesPerSecond) };
  return interceptCalls(store, (operation, call) => paces[OPERATIONS[operation].access](call, signal));
}
