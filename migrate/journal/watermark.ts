import { compareKeysIn, type SeenOrder, seenOrder } from "../model/key-order.js";
import type { Scope } from "../model/scope.js";
import type { CheckpointRecord } from "./record.js";
import type { ScopeProgress } from "./resume.js";

/** One key, or several that follow each other and are all settled. */
interface Entry {
  /** `null` for a key whose place in the listing is not known. */
  lastKey: string | null;
  listed: number;
  filteredOut: number;
  settled: boolean;
}

const ENTRIES_BEFORE_MERGE = 1024;

export type Settle = () => void;

/**
 * Objects are listed in order and done in any: this keeps the key up to which all of them are done.
 * A listing out of order moves no mark, so that a resumed run lists again from the last one that held.
 * What it holds grows with the keys in flight, not with the listing.
 */
export class Watermark {
  readonly #scope: Scope;
  #upTo: string | null;
  #listed: number;
  #filteredOut: number;
  #waiting: Entry[] = [];
  #mergeAt = ENTRIES_BEFORE_MERGE;
  readonly #seen: SeenOrder;
  /** By a key whose place is not known. */
  #isHeld = false;

  constructor(scope: Scope, progress: ScopeProgress) {
    this.#scope = scope;
    this.#upTo = progress.upTo;
    this.#seen = seenOrder(progress.order, progress.upTo, false);
    this.#listed = progress.listed;
    this.#filteredOut = progress.filteredOut;
  }

  /** Takes the next key of the listing; what it returns is called once the key is done. */
  list(key: string, inScope: boolean): Settle {
    this.#seen.add(key);
    if (this.#waiting.length >= this.#mergeAt) this.#mergeSettled();
    const entry: Entry = { lastKey: key, listed: inScope ? 1 : 0, filteredOut: inScope ? 0 : 1, settled: false };
    this.#waiting.push(entry);
    return () => {
      entry.settled = true;
    };
  }

  /** Of the listing, by the keys so far. */
  get order(): SeenOrder["order"] {
    return this.#seen.order;
  }

  /** As `list`, of a key whose place is not known: the mark stays before it until the listing has ended. */
  listUnplaced(): Settle {
    this.#isHeld = true;
    const entry: Entry = { lastKey: null, listed: 1, filteredOut: 0, settled: false };
    this.#waiting.push(entry);
    return () => {
      entry.settled = true;
    };
  }

  /** Objects in scope that were listed and have no outcome yet. */
  get open(): number {
    return this.#waiting.reduce((sum, { listed, settled }) => sum + (settled ? 0 : listed), 0);
  }

  checkpoint(at: Date, end: boolean): CheckpointRecord {
    if ((this.#seen.holds && !this.#isHeld) || end) this.#advance();
    return {
      kind: "checkpoint",
      ...this.#scope,
      upTo: this.#upTo,
      listed: this.#listed,
      filteredOut: this.#filteredOut,
      end,
      ...(this.order === "utf-16" && { order: this.order }),
      at: at.toISOString(),
    };
  }

  #advance(): void {
    const firstOpen = this.#waiting.findIndex(({ settled }) => !settled);
    const done = this.#waiting.splice(0, firstOpen === -1 ? this.#waiting.length : firstOpen);
    this.#upTo = done.findLast(({ lastKey }) => lastKey !== null)?.lastKey ?? this.#upTo;
    for (const { listed, filteredOut } of done) {
      this.#listed += listed;
      this.#filteredOut += filteredOut;
    }
  }

  #mergeSettled(): void {
    const merged: Entry[] = [];
    for (const entry of this.#waiting) {
      const previous = merged.at(-1);
      if (previous?.settled && entry.settled) {
        previous.lastKey = entry.lastKey ?? previous.lastKey;
        previous.listed += entry.listed;
        previous.filteredOut += entry.filteredOut;
      } else {
        merged.push(entry);
      }
    }
    this.#waiting = merged;
    this.#mergeAt = Math.max(ENTRIES_BEFORE_MERGE, 2 * merged.length);
  }
}

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
