import { compareKeysIn } from "../model/key-order.js";
import type { Watermark } from "./watermark.js";

/**
 * Keys whose outcome an earlier session wrote. Each counts as listed once: where the listing shows it again,
 * or where it passes the place at which it would have, because the object was deleted since.
 */
export class DoneKeys {
  readonly #ordered: readonly string[];
  readonly #keys: ReadonlySet<string>;
  readonly #counted = new Set<string>();
  readonly #watermark: Watermark;
  readonly #compare: (left: string, right: string) => number;
  #next = 0;

  constructor(keys: ReadonlySet<string>, watermark: Watermark) {
    this.#keys = keys;
    this.#compare = compareKeysIn(watermark.order);
    this.#ordered = [...keys].sort(this.#compare);
    this.#watermark = watermark;
  }

  /** Counts the keys before `key`, or all of them where the listing ended. */
  passTo(key: string | null): void {
    for (let next = this.#ordered[this.#next]; next !== undefined; next = this.#ordered[this.#next]) {
      if (key !== null && this.#compare(next, key) >= 0) return;
      this.#count(next);
      this.#next += 1;
    }
  }

  /** Whether a listed key needs nothing more. */
  take(key: string): boolean {
    if (!this.#keys.has(key)) return false;
    this.#count(key);
    return true;
  }

  #count(key: string): void {
    if (this.#counted.has(key)) return;
    this.#counted.add(key);
    this.#watermark.list(key, true)();
  }
}
