// Keys that are computed from an index, so that ten million of them take no memory. The order of the keys is that of their indices.

export const KEY_LAYOUTS = ["flat", "nested", "spread"] as const;
/**
 * `flat`: one folder, all keys begin alike. `nested`: a thousand keys a folder, two folders deep. `spread`: hexadecimal names,
 * evenly over the key space, as of hashes.
 */
export type KeyLayout = (typeof KEY_LAYOUTS)[number];

export interface KeySpace {
  readonly count: number;
  keyAt(index: number): string;
  /** -1 if no key has this name. */
  indexOf(key: string): number;
  /** The first index whose key comes after this text; `count` if none does. */
  firstAfter(text: string): number;
  /** The first index whose key is this text or comes after it. */
  firstFrom(text: string): number;
}

const DIGITS = 10;
const HEX_DIGITS = 12;

export function keySpace(layout: KeyLayout, count: number): KeySpace {
  const step = Math.floor(16 ** HEX_DIGITS / Math.max(1, count));
  const numberOf = (key: string) =>
    layout === "spread" ? Math.floor(Number.parseInt(key, 16) / step) : Number(key.slice(-DIGITS));
  const keyAt = keyMaker(layout, step);
  const firstThat = (holds: (key: string) => boolean) => {
    let low = 0;
    let high = count;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (holds(keyAt(middle))) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  return {
    count,
    keyAt,
    indexOf: (key) => {
      const index = numberOf(key);
      return Number.isInteger(index) && index >= 0 && index < count && keyAt(index) === key ? index : -1;
    },
    // The keys are ASCII, and any other character comes after it in UTF-16 as in UTF-8.
    firstAfter: (text) => firstThat((key) => key > text),
    firstFrom: (text) => firstThat((key) => key >= text),
  };
}

function keyMaker(layout: KeyLayout, step: number): (index: number) => string {
  const digits = (value: number, width: number) => Math.floor(value).toString().padStart(width, "0");
  switch (layout) {
    case "flat":
      return (index) => `object-${digits(index, DIGITS)}`;
    case "nested":
      return (index) => `${digits(index / 1e6, 4)}/${digits((index / 1e3) % 1e3, 3)}/object-${digits(index, DIGITS)}`;
    case "spread":
      return (index) => (index * step).toString(16).padStart(HEX_DIGITS, "0");
  }
}
