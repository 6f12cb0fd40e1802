import type { RemovalRecord, VersionCheckpoint } from "../journal/observation.js";
import type { JournalRecord } from "../journal/record.js";
import { unplacedDetail } from "../journal/resume.js";
import { compareKeysIn, type SeenOrder, seenOrder } from "../model/key-order.js";
import type { Scope } from "../model/scope.js";

interface Counts {
  listed: number;
  filteredOut: number;
  deleteMarkers: number;
}

/** One key, or several that follow each other and are all settled. */
interface Entry extends Counts {
  lastKey: string;
  open: number;
}

const ENTRIES_BEFORE_MERGE = 1024;

/**
 * Versions are listed by key and done in any order: this keeps the key up to which all of them are done. What it holds grows
 * with the keys in flight, not with the listing.
 */
export class VersionWatermark {
  readonly #scope: Scope;
  readonly #counts: Counts;
  readonly #doneKeys: readonly string[];
  readonly #done: VersionProgress["done"];
  #nextDone = 0;
  #upTo: string | null;
  #waiting: Entry[] = [];
  #mergeAt = ENTRIES_BEFORE_MERGE;
  readonly #seen: SeenOrder;
  #isHeld: boolean;
  readonly #compare: (left: string, right: string) => number;

  constructor(scope: Scope, { checkpoint, done, hasUnplaced }: VersionProgress) {
    this.#scope = scope;
    this.#upTo = checkpoint?.upTo ?? null;
    const { listed = 0, filteredOut = 0, deleteMarkers = 0 } = checkpoint ?? {};
    this.#counts = { listed, filteredOut, deleteMarkers };
    this.#done = done;
    this.#isHeld = hasUnplaced;
    const { order = "utf-8" } = checkpoint ?? {};
    this.#seen = seenOrder(order, this.#upTo, true);
    this.#compare = compareKeysIn(order);
    this.#doneKeys = [...done.keys()].sort(this.#compare);
  }

  /** Takes the next noncurrent version; `null` where there is nothing to do, else what is to be called once it is done. */
  list(key: string, versionId: string, inScope: boolean): (() => void) | null {
    const entry = this.#entryOf(key);
    // Those that are done were counted with their key, whether the listing still shows them or not.
    if (this.#done.get(key)?.has(versionId)) return null;
    if (!inScope) {
      entry.filteredOut += 1;
      return null;
    }
    entry.listed += 1;
    entry.open += 1;
    return () => {
      entry.open -= 1;
    };
  }

  /** The next key cannot be decoded, so that its place is not known: the mark stays before it until the listing has ended. */
  hold(): void {
    this.#isHeld = true;
  }

  marker(key: string): void {
    this.#entryOf(key).deleteMarkers += 1;
  }

  /** Of the listing, by the keys so far. */
  get order(): SeenOrder["order"] {
    return this.#seen.order;
  }

  /** `end`: the listing was gone through, and all of it is settled. */
  checkpoint(at: Date, end: boolean, refused: string | null = null): VersionCheckpoint {
    if (end) this.#passTo(null);
    if ((this.#seen.holds && !this.#isHeld) || end) this.#advance(end);
    return {
      kind: "version-checkpoint",
      ...this.#scope,
      upTo: this.#upTo,
      ...this.#counts,
      end,
      refused,
      ...(this.order === "utf-16" && { order: this.order }),
      at: at.toISOString(),
    };
  }

  #entryOf(key: string): Entry {
    const last = this.#waiting.at(-1);
    if (last?.lastKey === key) return last;
    this.#seen.add(key);
    this.#passTo(key);
    if (this.#waiting.length >= this.#mergeAt) this.#mergeSettled();
    return this.#push(key, this.#takeDone(key));
  }

  #push(key: string, listed: number): Entry {
    const entry: Entry = { lastKey: key, listed, filteredOut: 0, deleteMarkers: 0, open: 0 };
    this.#waiting.push(entry);
    return entry;
  }

  /** Keys that are done and not listed any more still count. */
  #passTo(key: string | null): void {
    for (let next = this.#doneKeys[this.#nextDone]; next !== undefined; next = this.#doneKeys[this.#nextDone]) {
      if (key !== null && this.#compare(next, key) >= 0) return;
      this.#nextDone += 1;
      this.#push(next, this.#done.get(next)?.size ?? 0);
    }
  }

  #takeDone(key: string): number {
    if (this.#doneKeys[this.#nextDone] !== key) return 0;
    this.#nextDone += 1;
    return this.#done.get(key)?.size ?? 0;
  }

  /** The last key listed may have more versions to come, unless the listing has ended. */
  #advance(end: boolean): void {
    const firstOpen = this.#waiting.findIndex(({ open }) => open > 0);
    const settled = firstOpen === -1 ? this.#waiting.length - (end ? 0 : 1) : firstOpen;
    for (const entry of this.#waiting.splice(0, Math.max(0, settled))) {
      this.#upTo = entry.lastKey;
      add(this.#counts, entry);
    }
  }

  #mergeSettled(): void {
    const merged: Entry[] = [];
    for (const entry of this.#waiting) {
      const previous = merged.at(-1);
      const isLast = entry === this.#waiting.at(-1);
      if (previous?.open === 0 && entry.open === 0 && !isLast) {
        previous.lastKey = entry.lastKey;
        add(previous, entry);
      } else {
        merged.push(entry);
      }
    }
    this.#waiting = merged;
    this.#mergeAt = Math.max(ENTRIES_BEFORE_MERGE, 2 * merged.length);
  }
}

function add(counts: Counts, { listed, filteredOut, deleteMarkers }: Counts): void {
  counts.listed += listed;
  counts.filteredOut += filteredOut;
  counts.deleteMarkers += deleteMarkers;
}

/** Where the walk over a scope's versions goes on, and what is done already beyond that point. */
export interface VersionProgress {
  readonly checkpoint: VersionCheckpoint | null;
  /** Version ids by key, after the checkpoint, that have their record. */
  readonly done: ReadonlyMap<string, ReadonlySet<string>>;
  /** Some of these keys could not be decoded: where they stand in the listing is not known. */
  readonly hasUnplaced: boolean;
  /** Were about to be removed, and have no record: nobody knows whether they are. */
  readonly removals: readonly RemovalRecord[];
}

export const WALK_NOT_STARTED: VersionProgress = {
  checkpoint: null,
  done: new Map(),
  hasUnplaced: false,
  removals: [],
};

/** Folds a journal into the place where the walk over a scope's versions stopped. */
export async function versionProgress(records: AsyncIterable<JournalRecord>, scope: Scope): Promise<VersionProgress> {
  let checkpoint: VersionCheckpoint | null = null;
  const done = new Map<string, Set<string>>();
  const unplaced = new Map<string, Set<string>>();
  const removals = new Map<string, RemovalRecord>();
  for await (const record of records) {
    if (!isOf(scope, record)) continue;
    if (record.kind === "version-checkpoint") {
      forgetUpTo(record, checkpoint, done);
      checkpoint = record;
    }
    if (record.kind !== "version" && record.kind !== "removal") continue;
    const versionId = record.before.versionId ?? "null";
    const version = JSON.stringify([record.key, versionId]);
    if (record.kind === "removal") {
      removals.set(version, record);
      continue;
    }
    removals.delete(version);
    addVersion(unplacedDetail(record) === null ? done : unplaced, record.key, [versionId]);
  }
  for (const [key, versionIds] of unplaced) addVersion(done, key, versionIds);
  return { checkpoint, done, hasUnplaced: unplaced.size > 0, removals: [...removals.values()] };
}

function isOf({ bucket, prefix }: Scope, record: JournalRecord): boolean {
  return record.bucket === bucket && ("prefix" in record ? record.prefix === prefix : record.key.startsWith(prefix));
}

function addVersion(versions: Map<string, Set<string>>, key: string, versionIds: Iterable<string>): void {
  versions.set(key, new Set([...(versions.get(key) ?? []), ...versionIds]));
}

/** A mark that stays where it was has no more keys before it than it had. */
function forgetUpTo(
  { upTo, order }: VersionCheckpoint,
  earlier: VersionCheckpoint | null,
  done: Map<string, Set<string>>,
): void {
  if (upTo === null || upTo === earlier?.upTo) return;
  const compare = compareKeysIn(order ?? "utf-8");
  for (const key of done.keys()) if (compare(key, upTo) <= 0) done.delete(key);
}
