import { compareKeysIn, type KeyOrder, type SeenOrder, seenOrder } from "../model/key-order.js";
import { boundsOf, type KeyRange, placeIn } from "../model/key-range.js";
import type { Scope } from "../model/scope.js";
import type { CheckpointRecord } from "./record.js";
import type { RangeProgress } from "./resume.js";

/** How many listed things of each kind lie before a mark. */
type Counts<Name extends string> = Record<Name, number>;

/** One key, or several consecutive keys that are all settled. */
interface Entry<Name extends string> {
  /** `null` for a key whose position in the listing is unknown. */
  lastKey: string | null;
  readonly counts: Counts<Name>;
  /** How many things of this key still await their outcome. */
  open: number;
}

interface WatermarkStart<Name extends string> {
  readonly upTo: string | null;
  /** The listing shows only keys after this one. @default `upTo` */
  readonly from?: string | null;
  readonly order: KeyOrder;
  /** The kinds of things to count, each with its number before the mark. */
  readonly counts: Counts<Name>;
  /** A key may follow itself, as the versions of one key do: the last key listed may then have more to come. */
  readonly keysRepeat: boolean;
}

const ENTRIES_BEFORE_MERGE = 1024;

/**
 * Keys are listed in order and settled in any order: this keeps the key up to which all of them are settled.
 * A listing that is out of order moves no mark, so a resumed run lists again from the last one that held.
 * Memory grows with the keys in flight, not with the listing.
 */
export class Watermark<Name extends string> {
  readonly counts: Counts<Name>;
  readonly #names: readonly Name[];
  readonly #zeros: Readonly<Counts<Name>>;
  readonly #keysRepeat: boolean;
  readonly #seen: SeenOrder;
  #upTo: string | null;
  #waiting: Entry<Name>[] = [];
  #mergeAt = ENTRIES_BEFORE_MERGE;
  #isHeld = false;

  constructor({ upTo, from = upTo, order, counts, keysRepeat }: WatermarkStart<Name>) {
    this.counts = { ...counts };
    this.#names = Object.keys(counts) as Name[];
    this.#zeros = Object.fromEntries(this.#names.map((name) => [name, 0])) as Counts<Name>;
    this.#keysRepeat = keysRepeat;
    this.#seen = seenOrder(order, from, keysRepeat);
    this.#upTo = upTo;
  }

  get upTo(): string | null {
    return this.#upTo;
  }

  /** The order of the listing, as far as the keys so far show it. */
  get order(): KeyOrder {
    return this.#seen.order;
  }

  get isOrdered(): boolean {
    return this.#seen.holds;
  }

  get waiting(): readonly Entry<Name>[] {
    return this.#waiting;
  }

  /** Notes the next key that the listing shows. */
  see(key: string): void {
    this.#seen.add(key);
  }

  /** Adds an entry for `key`, with nothing counted and nothing open. */
  push(key: string | null): Entry<Name> {
    if (this.#waiting.length >= this.#mergeAt) this.#mergeSettled();
    const entry: Entry<Name> = { lastKey: key, counts: { ...this.#zeros }, open: 0 };
    this.#waiting.push(entry);
    return entry;
  }

  /** Adds an entry for `key` of which one thing of this kind is settled already. */
  pass(key: string, as: Name): void {
    const last = this.#keysRepeat ? undefined : this.#waiting.at(-1);
    const entry = last?.open === 0 ? last : this.push(key);
    entry.lastKey = key;
    entry.counts[as] += 1;
  }

  /** Keeps the mark where it is until the listing ends: the place of a key is not known. */
  hold(): void {
    this.#isHeld = true;
  }

  /** Moves the mark past everything that is settled. `end`: the listing has ended. */
  advance(end: boolean): void {
    if (!end && (this.#isHeld || !this.#seen.holds)) return;
    const firstOpen = this.#waiting.findIndex(({ open }) => open > 0);
    const mayGrow = this.#keysRepeat && !end ? 1 : 0;
    const settled = firstOpen === -1 ? this.#waiting.length - mayGrow : firstOpen;
    for (const entry of this.#waiting.splice(0, Math.max(0, settled))) {
      this.#upTo = entry.lastKey ?? this.#upTo;
      this.#add(this.counts, entry.counts);
    }
  }

  #add(to: Counts<Name>, counts: Counts<Name>): void {
    for (const name of this.#names) to[name] += counts[name];
  }

  #mergeSettled(): void {
    const merged: Entry<Name>[] = [];
    for (const entry of this.#waiting) {
      const previous = merged.at(-1);
      const mayGrow = this.#keysRepeat && entry === this.#waiting.at(-1);
      if (previous?.open === 0 && entry.open === 0 && !mayGrow) {
        previous.lastKey = entry.lastKey ?? previous.lastKey;
        this.#add(previous.counts, entry.counts);
      } else {
        merged.push(entry);
      }
    }
    this.#waiting = merged;
    this.#mergeAt = Math.max(ENTRIES_BEFORE_MERGE, 2 * merged.length);
  }
}

export type Settle = () => void;

/** The mark of the objects of a range of keys: each counts as one, as listed or as filtered out. */
export class ObjectWatermark {
  readonly #scope: Scope;
  readonly #mark: Watermark<"listed" | "filteredOut">;
  #range: KeyRange;

  constructor(scope: Scope, { range, upTo, order, listed, filteredOut }: RangeProgress) {
    this.#scope = scope;
    this.#range = range;
    const counts = { listed, filteredOut };
    this.#mark = new Watermark({ upTo, from: upTo ?? range.after, order, counts, keysRepeat: false });
  }

  /** The range as it is now: its end comes nearer if another range takes over its last keys. */
  get range(): KeyRange {
    return this.#range;
  }

  narrow(through: string): void {
    this.#range = { ...this.#range, through };
  }

  /** Whether the keys so far were listed in an order. */
  get isOrdered(): boolean {
    return this.#mark.isOrdered;
  }

  /** Takes the next key of the listing. Call the result once the key is done. */
  list(key: string): Settle {
    this.#mark.see(key);
    return this.#take(key);
  }

  /** Takes the next key of the listing, which the filter leaves out. */
  leaveOut(key: string): void {
    this.#mark.see(key);
    this.#mark.pass(key, "filteredOut");
  }

  /** As `list`, for a key whose place is not known: the mark stays before it until the listing has ended. */
  listUnplaced(): Settle {
    this.#mark.hold();
    return this.#take(null);
  }

  get order(): KeyOrder {
    return this.#mark.order;
  }

  /** Objects in scope that were listed and have no outcome yet. */
  get open(): number {
    return this.#mark.waiting.reduce((sum, { open, counts }) => sum + (open > 0 ? counts.listed : 0), 0);
  }

  checkpoint(at: Date, end: boolean): CheckpointRecord {
    this.#mark.advance(end);
    return {
      kind: "checkpoint",
      ...this.#scope,
      ...boundsOf(this.#range),
      upTo: this.#mark.upTo,
      ...this.#mark.counts,
      end,
      ...(this.order === "utf-16" && { order: this.order }),
      at: at.toISOString(),
    };
  }

  #take(key: string | null): Settle {
    const entry = this.#mark.push(key);
    entry.counts.listed = 1;
    entry.open = 1;
    return () => {
      entry.open = 0;
    };
  }
}

/** Keys that an earlier session settled, in the order of the listing. */
export class SettledKeys {
  readonly #ordered: readonly string[];
  readonly #compare: (left: string, right: string) => number;
  #next = 0;

  constructor(keys: Iterable<string>, order: KeyOrder) {
    this.#compare = compareKeysIn(order);
    this.#ordered = [...keys].sort(this.#compare);
  }

  /** The keys before `key` that were not passed yet, or all of them if it is `null`: the listing has ended. */
  *passTo(key: string | null): Generator<string> {
    for (let next = this.#ordered[this.#next]; next !== undefined; next = this.#ordered[this.#next]) {
      if (key !== null && this.#compare(next, key) >= 0) return;
      this.#next += 1;
      yield next;
    }
  }

  /** Whether `key` is the next one; it is passed then. */
  take(key: string): boolean {
    if (this.#ordered[this.#next] !== key) return false;
    this.#next += 1;
    return true;
  }
}

/**
 * Objects whose outcome an earlier session wrote. Each counts as listed once: when the listing shows it
 * again, or when the listing passes its place, because the object was deleted since.
 */
export class DoneKeys {
  readonly #settled: SettledKeys;
  readonly #keys: ReadonlySet<string>;
  readonly #counted = new Set<string>();
  readonly #watermark: ObjectWatermark;

  constructor(keys: ReadonlySet<string>, watermark: ObjectWatermark) {
    this.#keys = keys;
    this.#settled = new SettledKeys(keys, watermark.order);
    this.#watermark = watermark;
  }

  /** Counts the keys before `key`, or all of them if it is `null`: the listing has ended. */
  passTo(key: string | null): void {
    if (this.#keys.size === 0) return;
    for (const passed of this.#settled.passTo(key)) this.#count(passed);
  }

  /** Whether a listed key is already done. */
  take(key: string): boolean {
    if (!this.#keys.has(key)) return false;
    this.#count(key);
    return true;
  }

  #count(key: string): void {
    // Keys beyond the range count in the range that took them over.
    if (this.#counted.has(key) || placeIn(this.#watermark.range, key) === "beyond") return;
    this.#counted.add(key);
    this.#watermark.list(key)();
  }
}
