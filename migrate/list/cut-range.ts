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
 * Keys, in order, at which the rest of a range can be cut so that the first part and the last may have keys; none if the
 * store does not list after the key that it was given. `most`: how many, at least one.
 *
 * Nothing is known about the keys to come but what the store tells, so it is asked for the first key after
 * some places. This finds the shortest stem of the last key beyond which there are keys, and then the last
 * character behind that stem from which on there are keys. The cuts divide these characters evenly.
 * It takes about five round trips, each of up to four requests.
 */
export async function findCuts(
  list: ListObjects,
  scope: Scope,
  { from, range }: RestOfRange,
  most = 1,
): Promise<readonly string[]> {
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
    if (stem === null) return [];
    const siblings = stem.length === scope.prefix.length ? [] : siblingsAfter(stem, stem.length - 1).filter(isInside);
    const last = await lastThat(siblings, hasKeysAfter);
    if (last === null) return [endOf(stem)];
    const places = siblings.indexOf(last) + 1;
    const cuts = Array.from({ length: most }, (_, nth) => Math.floor((places * (nth + 1)) / (most + 1)));
    return [...new Set(cuts)].map((index) => siblings[index] as string);
  } catch (error) {
    if (error instanceof NoCut) return [];
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
  /** The objects of the scope by page, from the beginning of the range on, or from a later key of it. */
  readonly objects: AsyncIterable<ObjectRef[]>;
  /** The listing goes on once what it returns has resolved, if it returns anything. */
  readonly onObject: (ref: ObjectRef) => undefined | Promise<void>;
  /** Read in step with the listing, and closed with it. */
  readonly facts?: AsyncDisposable;
  readonly stop: AbortSignal;
}

/** How far the listing of a range has come. */
export class RangeReading {
  lastKey: string | null = null;
  listed = 0;
  /** Whether the listing has passed the end of the range. */
  isBeyond = false;
  readonly #rangeNow: () => KeyRange;
  #page: readonly ObjectRef[] = [];
  #taken = 0;

  constructor(rangeNow: () => KeyRange) {
    this.#rangeNow = rangeNow;
  }

  /** The objects of the page that were not taken. */
  get unread(): readonly ObjectRef[] {
    return this.#page.slice(this.#taken);
  }

  /** Takes the objects of a page that lie in the range, and leaves an empty page. */
  *take(page: ObjectRef[]): Generator<ObjectRef> {
    this.#page = page;
    for (this.#taken = 0; this.#taken < page.length; ) {
      const ref = page[this.#taken] as ObjectRef;
      this.#taken += 1;
      const isPlaced = ref.fault?.kind !== "unreadable-key";
      const place = placeOf(this.#rangeNow(), ref);
      // A listing may show a key that cannot be decoded anywhere.
      this.isBeyond = place === "beyond" && isPlaced;
      if (this.isBeyond) return;
      if (place !== "inside") continue;
      if (isPlaced) this.lastKey = ref.key;
      this.listed += 1;
      yield ref;
    }
    page.length = 0;
  }
}

/** A range whose objects are handed on as they are listed, and that can be cut. Disorder fails it, unless it is whole. */
export class ListedRange {
  range: KeyRange;
  readonly done: Promise<void>;
  readonly #reading = new RangeReading(() => this.range);
  readonly #order = seenOrder("utf-8", null, false);

  constructor({ range, ...listing }: Listing) {
    this.range = range;
    this.done = this.#read(listing);
  }

  get lastKey(): string | null {
    return this.#reading.lastKey;
  }

  get listed(): number {
    return this.#reading.listed;
  }

  narrow(through: string): boolean {
    const isPassed = this.lastKey === null || compareKeys(this.lastKey, through) >= 0;
    if (isPassed || !this.#order.holds || placeIn(this.range, through) !== "inside") return false;
    this.range = { ...this.range, through };
    this.#reading.listed = 0;
    return true;
  }

  async #read({ objects, onObject, facts, stop }: Omit<Listing, "range">): Promise<void> {
    await using _ = facts;
    for await (const page of objects) {
      for (const ref of this.#reading.take(page)) {
        if (stop.aborted) return;
        this.#see(ref);
        const handedOn = onObject(ref);
        if (handedOn !== undefined) await handedOn;
      }
      if (this.#reading.isBeyond) return;
    }
  }

  #see({ key, fault }: ObjectRef): void {
    if (fault?.kind === "unreadable-key") return;
    this.#order.add(key);
    if (!this.#order.holds && !isWhole(this.range)) throw new Unordered();
  }
}
