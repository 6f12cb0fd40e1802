import type { RemovalRecord, VersionCheckpoint } from "../journal/observation.js";
import { SettledKeys, Watermark } from "../journal/watermark.js";
import { compareKeys, type KeyOrder } from "../model/key-order.js";
import { boundsOf, isWhole, type KeyRange, placeIn } from "../model/key-range.js";
import type { Scope } from "../model/scope.js";

/** The versions are listed in no order, or with keys that have no place in it, so ranges may miss some of them. */
export class Uncuttable extends Error {
  override readonly name = "Uncuttable";
}

/** A range could not be read to its end. Its last checkpoint has the reason. */
export class Refused extends Error {
  override readonly name = "Refused";
}

/**
 * The mark of the noncurrent versions of a range of keys: listed by key and done in any order. The last key listed
 * may have more versions to come, unless the listing has ended.
 */
export class VersionWatermark {
  readonly #scope: Scope;
  #range: KeyRange;
  readonly #mark: Watermark<"listed" | "filteredOut" | "deleteMarkers">;
  readonly #settled: SettledKeys;
  readonly #done: VersionRange["done"];
  #lastKey: string | null;
  #listed = 0;
  #mayCut: boolean;

  constructor(scope: Scope, { range, checkpoint, done, hasUnplaced }: VersionRange) {
    this.#scope = scope;
    this.#range = range;
    const { upTo = null, order = "utf-8", listed = 0, filteredOut = 0, deleteMarkers = 0 } = checkpoint ?? {};
    const counts = { listed, filteredOut, deleteMarkers };
    this.#mark = new Watermark({ upTo, from: upTo ?? range.after, order, counts, keysRepeat: true });
    this.#done = done;
    this.#settled = new SettledKeys(done.keys(), order);
    this.#lastKey = upTo ?? range.after;
    this.#mayCut = !hasUnplaced;
    if (hasUnplaced) this.#mark.hold();
  }

  /** The range as it is now: its end comes nearer if another range takes over its last keys. */
  get range(): KeyRange {
    return this.#range;
  }

  /** The key of the last entry, or the one that the range begins after. */
  get lastKey(): string | null {
    return this.#lastKey;
  }

  /** The number of entries since it began, or since it was last cut. */
  get listed(): number {
    return this.#listed;
  }

  /** Ends the range at this key. Returns false if it is too late. */
  narrow(through: string): boolean {
    const isPassed = this.#lastKey !== null && compareKeys(this.#lastKey, through) >= 0;
    if (!this.#mayCut || isPassed || placeIn(this.#range, through) !== "inside") return false;
    this.#range = { ...this.#range, through };
    this.#listed = 0;
    return true;
  }

  /** The range keeps its end, because it counts every key up to there from now on. */
  keepEnd(): void {
    this.#mayCut = false;
  }

  /** Notes the next entry that the listing shows, whatever it is. Returns false if it is not of the range. */
  meet(key: string, isDecoded: boolean): boolean {
    if (isDecoded && placeIn(this.#range, key) !== "inside") return false;
    if (isDecoded) {
      this.#lastKey = key;
      this.#mark.see(key);
    } else {
      // Its place is not known: the mark stays before it until the listing has ended.
      this.#mark.hold();
    }
    this.#listed += 1;
    this.#mayCut &&= isDecoded && this.#mark.isOrdered;
    if (!this.#mayCut && !isWhole(this.#range)) throw new Uncuttable();
    return true;
  }

  /**
   * Takes the next noncurrent version. Returns `null` if there is nothing to do, else what to call once it is
   * done.
   */
  list(key: string, versionId: string, inScope: boolean): (() => void) | null {
    const entry = this.#entryOf(key);
    // Finished versions were counted with their key, whether they are still listed or not.
    if (this.#done.get(key)?.has(versionId)) return null;
    if (!inScope) {
      entry.counts.filteredOut += 1;
      return null;
    }
    entry.counts.listed += 1;
    entry.open += 1;
    return () => {
      entry.open -= 1;
    };
  }

  marker(key: string): void {
    this.#entryOf(key).counts.deleteMarkers += 1;
  }

  get order(): KeyOrder {
    return this.#mark.order;
  }

  /** `end`: the listing was read to its end, and all of it is settled. */
  checkpoint(at: Date, end: boolean, refused: string | null = null): VersionCheckpoint {
    if (end) this.#passTo(null);
    this.#mark.advance(end);
    return {
      ...checkpointAtStart(this.#scope, this.#range, at),
      upTo: this.#mark.upTo,
      ...this.#mark.counts,
      end,
      refused,
      ...(this.order === "utf-16" && { order: this.order }),
    };
  }

  #entryOf(key: string) {
    const last = this.#mark.waiting.at(-1);
    if (last?.lastKey === key) return last;
    this.#passTo(key);
    return this.#push(key, this.#settled.take(key));
  }

  #push(key: string, isDone: boolean) {
    const entry = this.#mark.push(key);
    if (isDone) entry.counts.listed = this.#done.get(key)?.size ?? 0;
    return entry;
  }

  /** Keys that are done and no longer listed still count. */
  #passTo(key: string | null): void {
    for (const passed of this.#settled.passTo(key)) {
      // Keys beyond the range count in the range that took them over.
      if (placeIn(this.#range, passed) !== "beyond") this.#push(passed, true);
    }
  }
}

export function checkpointAtStart(scope: Scope, range: KeyRange, at: Date): VersionCheckpoint {
  return {
    kind: "version-checkpoint",
    ...scope,
    ...boundsOf(range),
    upTo: null,
    listed: 0,
    filteredOut: 0,
    deleteMarkers: 0,
    end: false,
    refused: null,
    at: at.toISOString(),
  };
}

/** Where the walk over the versions of a range of keys continues, and the work already done beyond it. */
export interface VersionRange {
  readonly range: KeyRange;
  readonly checkpoint: VersionCheckpoint | null;
  /** IDs of the versions after the checkpoint that have a record, by key. */
  readonly done: ReadonlyMap<string, ReadonlySet<string>>;
  /** Some of these keys are undecodable, so their position in the listing is unknown. */
  readonly hasUnplaced: boolean;
}

export interface VersionProgress extends Omit<VersionRange, "range" | "checkpoint"> {
  /** The last one of each range of keys. */
  readonly checkpoints: readonly VersionCheckpoint[];
  /** The versions can only be listed as one range. */
  readonly isWhole: boolean;
  /** Versions that were about to be removed and have no record. It is unknown whether they still exist. */
  readonly removals: readonly RemovalRecord[];
}

export const WALK_NOT_STARTED: VersionProgress = {
  checkpoints: [],
  done: new Map(),
  hasUnplaced: false,
  isWhole: false,
  removals: [],
};
