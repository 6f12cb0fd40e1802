import type { RingEntry } from "./key-ring.js";

export type KeyEntries =
  | { readonly kind: "read"; readonly entries: readonly RingEntry[] }
  /** In words that hold nothing of what the file holds: what is no key may still be one, in the wrong place. */
  | { readonly kind: "bad"; readonly problems: readonly string[] };

export function badEntries(...problems: readonly string[]): KeyEntries {
  return { kind: "bad", problems };
}
