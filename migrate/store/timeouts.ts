export const CONNECT_TIMEOUT_MS = 10_000;
/** A copy answers only when it is done, which for a large object takes minutes. */
export const IDLE_TIMEOUT_MS = 300_000;
