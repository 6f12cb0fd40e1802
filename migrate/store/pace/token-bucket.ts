/** Tolerance for the rounding error of added fractions. */
const ROUNDING = 1e-6;

interface Filling {
  /** May change at any time; `Infinity` for no limit. */
  readonly ratePerSecond: () => number;
  /** The most permits that are saved up. */
  readonly most: () => number;
}

/** Hands out permits, which arrive at a rate. Starts full. */
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

  /** Takes one permit and returns 0, or returns the milliseconds until one is available. */
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

  /** Discards the permits that were saved up. */
  drain(): void {
    this.#tokens = 0;
    this.#refilledAt = this.#now();
  }
}

interface Turnstile {
  /** Resolves when it is the caller's turn. `undefined` if it is at once, or if the signal is aborted. */
  pass(signal?: AbortSignal): Promise<void> | undefined;
  /** Call it when a wait may have become shorter. */
  wake(): void;
  /** How many callers wait. */
  readonly waiting: number;
}

/**
 * Lets callers pass one by one, in order of arrival. `tryPass` lets one pass and returns 0, or returns the
 * milliseconds to wait before the next try.
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
    pass: (signal) => {
      const isTurn = signal?.aborted || (waiting.size === 0 && tryPass() <= 0);
      return isTurn ? undefined : enqueue(signal);
    },
    wake: () => {
      if (waiting.size > 0) serve();
    },
    get waiting() {
      return waiting.size;
    },
  };
}

/** The time that waits use. Tests pass their own. */
export interface Clock {
  /** Milliseconds since some moment. Never goes back, even if the system clock is changed. */
  now(): number;
  /** Calls `ring` once after so many milliseconds. The returned function cancels it. */
  after(ms: number, ring: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  after: (ms, ring) => {
    const timer = setTimeout(ring, ms);
    return () => clearTimeout(timer);
  },
};

/** Waits. If the signal is aborted, the wait ends early without an error. */
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

/**
 * The same as Finagle's: a fifth of the successful calls, plus ten per second.
 * https://twitter.github.io/finagle/guide/Clients.html#retries
 */
const PER_SUCCESS = 0.2;
const PER_SECOND = 10;
const MAX_SAVED = 500;

export interface RetryBudget {
  /** Resolves when the budget allows one more retry. `undefined` if it does at once, or if the signal is aborted. */
  spend(signal?: AbortSignal): Promise<void> | undefined;
  /** Records a successful call. */
  earn(): void;
}

/**
 * Limits the share of retries in a connection's traffic, over all callers. If the budget is spent, a retry
 * waits. The budget refills with time as well as with successes, so it never stays empty.
 */
export function retryBudget(clock: Clock): RetryBudget {
  const tokens = new TokenBucket({ ratePerSecond: () => PER_SECOND, most: () => MAX_SAVED }, clock.now);
  const turnstile = createTurnstile(() => tokens.tryTake(), clock);
  return {
    spend: turnstile.pass,
    earn: () => {
      tokens.add(PER_SUCCESS);
      turnstile.wake();
    },
  };
}
