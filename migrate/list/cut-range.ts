import { compareKeys, seenOrder } from "../model/key-order.js";
import { endOf, isWhole, type KeyRange, placeIn, placeOf, siblingsAfter, stemsOf } from "../model/key-range.js";
import type { ObjectRef } from "../model/object.js";
import type { Scope } from "../model/scope.js";
import type { ListObjectsInput, ListObjectsPage } from "../store/object-store.js";

/** How many places are tried at once. */
const TRIED_AT_ONCE = 4;

export type ListObjects = (input: ListObjectsInput) => Promise<Pick<ListObjectsPage, "objects" | "keysEncoded">>;

interface RestOfRange {
  /** The last key of the range that was listed. */
  readonly from: string;
  readonly range: KeyRange;
}

/**
 * A key at which the rest of a range can be cut so that both parts may have keys; `null` if none is found, or
 * if the store does not list after the key that it was given.
 *
 * Nothing is known about the keys to come but what the store tells, so it is asked for the first key after
 * some places. This finds the shortest stem of the last key beyond which there are keys, and then the last
 * character behind that stem from which on there are keys. The cut is in the middle of these characters.
 * It takes about five round trips, each of up to four requests.
 */
export async function findCut(list: ListObjects, scope: Scope, { from, range }: RestOfRange): Promise<string | null> {
  const rest = { after: from, through: range.through };
  const isInside = (place: string) => placeIn(rest, place) === "inside";
  const hasKeysAfter = async (place: string): Promise<boolean> => {
    const { objects, keysEncoded } = await list({ ...scope, startAfter: place, limit: 1 });
    const [first] = objects;
    if (first === undefined) return false;
    if (keysEncoded === false || first.fault !== undefined || compareKeys(first.key, place) <= 0) throw new NoCut();
    return isInside(first.key);
  };
  try {
    const stems = stemsOf(from, scope.prefix.length).filter((stem) => isInside(endOf(stem)));
    const stem = await lastThat(stems, (one) => hasKeysAfter(endOf(one)));
    if (stem === null) return null;
    const siblings = stem.length === scope.prefix.length ? [] : siblingsAfter(stem, stem.length - 1).filter(isInside);
    const last = await lastThat(siblings, hasKeysAfter);
    return last === null ? endOf(stem) : (siblings[Math.floor(siblings.indexOf(last) / 2)] ?? null);
  } catch (error) {
    if (error instanceof NoCut) return null;
    throw error;
  }
}

/** The listing cannot be cut: it does not begin after the key that was given. */
class NoCut extends Error {}

/**
 * The last item that holds, of items of which those that hold come first; `null` if none does. Several are
 * tried at once.
 */
async function lastThat<T>(items: readonly T[], holds: (item: T) => Promise<boolean>): Promise<T | null> {
  let [low, high] = [-1, items.length];
  while (high - low > 1) {
    const tried = placesBetween(low, high);
    const answers = await Promise.all(tried.map((index) => holds(items[index] as T)));
    const refused = answers.indexOf(false);
    low = (refused === -1 ? tried.at(-1) : tried[refused - 1]) ?? low;
    high = tried[refused] ?? high;
  }
  return items[low] ?? null;
}

/** Evenly spaced indices between two others. */
function placesBetween(low: number, high: number): readonly number[] {
  const count = Math.min(TRIED_AT_ONCE, high - low - 1);
  return Array.from({ length: count }, (_, nth) => low + Math.ceil(((nth + 1) * (high - low)) / (count + 1)));
}

/** The listing of a range is not in any order of keys, so it may be incomplete. */
export class Unordered extends Error {
  override readonly name = "Unordered";
}

interface Listing {
  readonly range: KeyRange;
  /** The objects of the scope from the beginning of the range on, or from a later key of it. */
  readonly objects: AsyncIterable<ObjectRef>;
  readonly onObject: (ref: ObjectRef) => void | Promise<void>;
  /** Read in step with the listing, and closed with it. */
  readonly facts?: AsyncDisposable;
  readonly stop: AbortSignal;
}

/** A range whose objects are handed on as they are listed, and that can be cut. Disorder fails it, unless it is whole. */
export class ListedRange {
  range: KeyRange;
  lastKey: string | null = null;
  listed = 0;
  readonly done: Promise<void>;
  readonly #order = seenOrder("utf-8", null, false);

  constructor({ range, ...listing }: Listing) {
    this.range = range;
    this.done = this.#read(listing);
  }

  narrow(through: string): boolean {
    const isPassed = this.lastKey === null || compareKeys(this.lastKey, through) >= 0;
    if (isPassed || !this.#order.holds || placeIn(this.range, through) !== "inside") return false;
    this.range = { ...this.range, through };
    this.listed = 0;
    return true;
  }

  async #read({ objects, onObject, facts, stop }: Omit<Listing, "range">): Promise<void> {
    await using _ = facts;
    for await (const ref of objects) {
      if (stop.aborted) return;
      const isPlaced = ref.fault?.kind !== "unreadable-key";
      const place = placeOf(this.range, ref);
      // A listing may show a key that cannot be decoded anywhere.
      if (place === "beyond" && isPlaced) return;
      if (place !== "inside") continue;
      this.listed += 1;
      if (isPlaced) {
        this.lastKey = ref.key;
        this.#order.add(ref.key);
        if (!this.#order.holds && !isWhole(this.range)) throw new Unordered();
      }
      await onObject(ref);
    }
  }
}
