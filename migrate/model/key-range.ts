import { compareKeys, dependsOnOrder } from "./key-order.js";
import type { ObjectRef } from "./object.js";

/** The keys of a scope after `after`, up to and including `through`. `null` means without a bound. */
export interface KeyRange {
  readonly after: string | null;
  readonly through: string | null;
}

export const WHOLE_RANGE: KeyRange = { after: null, through: null };

/** Whether the range is its whole scope. */
export function isWhole({ after, through }: KeyRange): boolean {
  return after === null && through === null;
}

/** The bounds as a record has them: one that is that of the scope is left out. */
export function boundsOf({ after, through }: KeyRange): { readonly after?: string; readonly through?: string } {
  return { ...(after !== null && { after }), ...(through !== null && { through }) };
}

/** The position of a key relative to a range, by S3's order. */
export function placeIn({ after, through }: KeyRange, key: string): "before" | "inside" | "beyond" {
  if (after !== null && compareKeys(key, after) <= 0) return "before";
  return through !== null && compareKeys(key, through) > 0 ? "beyond" : "inside";
}

/**
 * The key in bytes, of a key that is URL-encoded but not in UTF-8. The text has the same order as the bytes,
 * compared with keys of ASCII characters.
 */
function undecodedOrder(raw: string): string {
  return raw.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/**
 * The position of a listed object relative to a range. A range that is its whole scope has every key of it, in
 * whatever order.
 */
export function placeOf(range: KeyRange, { key, fault }: ObjectRef): ReturnType<typeof placeIn> {
  if (isWhole(range)) return "inside";
  return placeIn(range, fault?.kind === "unreadable-key" ? undecodedOrder(fault.raw) : key);
}

/** The ranges of a scope in order. Each ends where the next one begins, whatever its upper bound was. */
export function tiled<R extends { readonly range: KeyRange }>(ranges: readonly R[]): readonly R[] {
  const sorted = [...ranges].sort((a, b) => compareBounds(a.range.after, b.range.after));
  return sorted.map((one, index) => ({
    ...one,
    range: { after: one.range.after, through: sorted[index + 1]?.range.after ?? null },
  }));
}

/** Whether the ranges cover every key, and none of them twice. */
function coverAll(ranges: readonly KeyRange[]): boolean {
  const byAfter = new Map(ranges.map((range) => [range.after, range]));
  if (byAfter.size < ranges.length) return false;
  let range = byAfter.get(null);
  let seen = 1;
  while (range !== undefined && range.through !== null && seen <= ranges.length) {
    range = byAfter.get(range.through);
    seen += 1;
  }
  return range !== undefined && seen === ranges.length;
}

/** Whether the listing of each range of a scope ended, according to its last checkpoint, and they cover the scope. */
export function areComplete(
  ranges: readonly {
    readonly after?: string | undefined;
    readonly through?: string | undefined;
    readonly end: boolean;
  }[],
): boolean {
  const bounds = ranges.map(({ after = null, through = null }) => ({ after, through }));
  return ranges.length > 0 && ranges.every(({ end }) => end) && coverAll(bounds);
}

function compareBounds(left: string | null, right: string | null): number {
  if (left === null || right === null) return left === right ? 0 : left === null ? -1 : 1;
  return compareKeys(left, right);
}

const FIRST = 0x21;
const LAST = 0x7e;

/** Sorts after every key of printable ASCII characters that begins with `stem`, and before those of other stems. */
export function endOf(stem: string): string {
  return `${stem}${String.fromCharCode(LAST)}`;
}

/**
 * The stems of `key` at whose ends a listing may be cut, the longest first. Each is at least as long as
 * `least`. A cut must have one place in every order of keys, so a stem ends before the first character that
 * stores sort differently.
 */
export function stemsOf(key: string, least: number): readonly string[] {
  const stems: string[] = [];
  for (let length = least; length <= key.length && !dependsOnOrder(key.slice(0, length)); length += 1) {
    stems.push(key.slice(0, length));
  }
  return stems.reverse();
}

/** The printable ASCII characters after the one at `at` in `key`, in order, each behind the same stem. */
export function siblingsAfter(key: string, at: number): readonly string[] {
  const stem = key.slice(0, at);
  const first = Math.max(FIRST, (at < key.length ? key.charCodeAt(at) : FIRST - 1) + 1);
  const siblings: string[] = [];
  for (let code = first; code <= LAST; code += 1) siblings.push(`${stem}${String.fromCharCode(code)}`);
  return siblings;
}
