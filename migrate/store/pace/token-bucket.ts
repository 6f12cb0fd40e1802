/** What adding up fractions may be short of. */
const ROUNDING = 1e-6;

export interface Filling {
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
