import { interceptCalls } from "./intercept-calls.js";
import type { ObjectStore } from "./object-store.js";
import { OPERATIONS } from "./operations.js";
import { TokenBucket } from "./token-bucket.js";

export interface RateLimits {
  /** Requests a second; `null` for no limit. */
  readonly readsPerSecond: number | null;
  readonly writesPerSecond: number | null;
}

/** Keeps reads and writes each below a ceiling. */
export function rateLimitedStore(store: ObjectStore, limits: RateLimits, signal?: AbortSignal): ObjectStore {
  const buckets = {
    read: limits.readsPerSecond === null ? null : new TokenBucket(limits.readsPerSecond),
    write: limits.writesPerSecond === null ? null : new TokenBucket(limits.writesPerSecond),
  };
  return interceptCalls(store, async (operation, call) => {
    await buckets[OPERATIONS[operation].access]?.take(signal);
    return call();
  });
}
