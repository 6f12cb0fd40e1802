/** What adding up fractions may be short of. */
const ROUNDING = 1e-6;

interface Filling {
  /** May change from one moment to the next; `Infinity` for no limit. */
  readonly ratePerSecond: () => number;
  /** How many permits are kept at most while nobody takes any. */
  readonly most: () => number;
}

/** Hands out permits, which come in at a rate. Full at the start. */
export class TokenBucket {
  readonly #filling: Filling;
  readonly #now: () => number;
  #tokens: number;
  #refilledAt: number;

  constructor(filling: Filling, now: () => number) {
    this.#filling = filling;
    this.#now = now;
    this.#tokens = filling.most();
    this.#refilledAt = now();
  }

  /** Takes one permit and answers 0, or answers how many milliseconds it is until there is one. */
  tryTake(): number {
    const rate = this.#filling.ratePerSecond();
    if (rate === Number.POSITIVE_INFINITY) return 0;
    const now = this.#now();
    this.add(((now - this.#refilledAt) / 1000) * rate);
    this.#refilledAt = now;
    if (this.#tokens < 1 - ROUNDING) return ((1 - this.#tokens) / rate) * 1000;
    this.#tokens -= 1;
    return 0;
  }

  add(tokens: number): void {
    this.#tokens = Math.min(Math.max(1, this.#filling.most()), this.#tokens + tokens);
  }

  /** Takes back what was saved up. */
  drain(): void {
    this.#tokens = 0;
    this.#refilledAt = this.#now();
  }
}

interface Turnstile {
  /** Resolves when it is the caller's turn; at once where the signal is aborted. */
  pass(signal?: AbortSignal): Promise<void>;
  /** To be called when a wait may have become shorter. */
  wake(): void;
}

/**
 * Lets callers through one after another, in the order in which they came. `tryPass` lets one through and answers 0, or
 * answers how many milliseconds to wait before it is asked again.
 */
export function createTurnstile(tryPass: () => number, clock: Clock): Turnstile {
  const waiting = new Set<() => void>();
  let callOff = () => {};
  const serve = () => {
    callOff();
    for (const enter of waiting) {
      const waitMs = tryPass();
      if (waitMs > 0) {
        callOff = clock.after(waitMs, serve);
        return;
      }
      enter();
    }
  };
  const enqueue = (signal: AbortSignal | undefined) =>
    new Promise<void>((resolve) => {
      const enter = () => {
        waiting.delete(enter);
        if (waiting.size === 0) callOff();
        signal?.removeEventListener("abort", enter);
        resolve();
      };
      waiting.add(enter);
      signal?.addEventListener("abort", enter);
      if (waiting.size === 1) serve();
    });
  return {
    pass: (signal) => (signal?.aborted ? Promise.resolve() : enqueue(signal)),
    wake: () => {
      if (waiting.size > 0) serve();
    },
  };
}

/** Time as waiting knows it; tests have one of their own. */
export interface Clock {
  /** Milliseconds since some moment. Never goes back, whatever is done to this machine's clock. */
  now(): number;
  /** Rings once after so many milliseconds; what it hands back calls that off. */
  after(ms: number, ring: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  after: (ms, ring) => {
    const timer = setTimeout(ring, ms);
    return () => clearTimeout(timer);
  },
};

/** Waits. An aborted signal ends the wait early, without an error. */
export function pause(ms: number, clock: Clock, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      callOff();
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const callOff = clock.after(ms, end);
    signal?.addEventListener("abort", end);
  });
}
