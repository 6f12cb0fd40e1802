/** The keys of a bucket in S3's order. Additions are merged on the next listing. */
export class KeyIndex {
  #sorted: string[] = [];
  #added = new Set<string>();
  #removed = new Set<string>();

  add(key: string): void {
    if (!this.#removed.delete(key)) {
      this.#added.add(key);
    }
  }

  remove(key: string): void {
    if (!this.#added.delete(key)) {
      this.#removed.add(key);
    }
  }

  /** All keys from `start` on. The caller must not keep the array. */
  from(start: string): { readonly keys: readonly string[]; readonly at: number } {
    this.#merge();
    return { keys: this.#sorted, at: lowerBound(this.#sorted, start) };
  }

  #merge(): void {
    if (this.#removed.size > 0) {
      const removed = this.#removed;
      this.#sorted = this.#sorted.filter((key) => !removed.has(key));
      this.#removed = new Set();
    }
    if (this.#added.size > 0) {
      const added = [...this.#added].sort(compareKeys);
      this.#sorted = this.#sorted.length === 0 ? added : mergeSorted(this.#sorted, added);
      this.#added = new Set();
    }
  }
}

function mergeSorted(left: readonly string[], right: readonly string[]): string[] {
  const merged: string[] = [];
  let at = 0;
  for (const key of right) {
    const end = lowerBound(left, key, at);
    for (; at < end; at++) {
      merged.push(left[at] as string);
    }
    merged.push(key);
  }
  for (; at < left.length; at++) {
    merged.push(left[at] as string);
  }
  return merged;
}

function lowerBound(keys: readonly string[], key: string, from = 0): number {
  let low = from;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareKeys(keys[middle] as string, key) < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

const FIRST_SURROGATE = 0xd800;
const AFTER_SURROGATES = 0xe000;

/** Compares keys by their UTF-8 bytes, as S3 does. JavaScript's order differs beyond U+FFFF. */
export function compareKeys(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at++) {
    const a = left.charCodeAt(at);
    const b = right.charCodeAt(at);
    if (a !== b) {
      return inUtf8Order(a) - inUtf8Order(b);
    }
  }
  return left.length - right.length;
}

// Surrogates represent code points above U+FFFF, so they sort after U+E000 to U+FFFF.
function inUtf8Order(unit: number): number {
  if (unit < FIRST_SURROGATE) {
    return unit;
  }
  return unit >= AFTER_SURROGATES ? unit - 0x800 : unit + 0x2000;
}
