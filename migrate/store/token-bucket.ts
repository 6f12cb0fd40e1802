import { setTimeout as sleep } from "node:timers/promises";

/** Hands out permits at a steady rate, with a burst of at most one second's worth. */
export class TokenBucket {
  readonly #ratePerSecond: number;
  readonly #now: () => number;
  #tokens: number;
  #refilledAt: number;

  constructor(ratePerSecond: number, now: () => number = () => performance.now()) {
    this.#ratePerSecond = ratePerSecond;
    this.#now = now;
    this.#tokens = Math.max(1, ratePerSecond);
    this.#refilledAt = now();
  }

  /** Takes one permit now, perhaps on credit, and tells how many milliseconds to wait before using it. */
  reserve(): number {
    const now = this.#now();
    const refill = ((now - this.#refilledAt) / 1000) * this.#ratePerSecond;
    this.#tokens = Math.min(Math.max(1, this.#ratePerSecond), this.#tokens + refill) - 1;
    this.#refilledAt = now;
    return this.#tokens >= 0 ? 0 : (-this.#tokens / this.#ratePerSecond) * 1000;
  }

  /** An aborted signal ends the wait early: what is in flight is then to be finished, not held up. */
  async take(signal?: AbortSignal): Promise<void> {
    const waitMs = this.reserve();
    if (waitMs > 0) await sleep(waitMs, undefined, signal ? { signal } : {}).catch(() => undefined);
  }
}
