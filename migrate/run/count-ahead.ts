import type { OnEvent } from "../journal/events.js";
import { RANGE_NOT_STARTED, type RangeProgress, type ScopeProgress } from "../journal/resume.js";
import { listObjects } from "../list/list-objects.js";
import { objectFilter } from "../list/object-filter.js";
import { type RunningRange, readSideBySide } from "../list/side-by-side.js";
import { compareKeys } from "../model/key-order.js";
import { placeIn } from "../model/key-range.js";
import type { ObjectRef } from "../model/object.js";
import type { Scope } from "../model/scope.js";
import type { ObjectStore } from "../store/object-store.js";
import { StoreError } from "../store/store-error.js";
import type { Session } from "./session.js";

const OBJECTS_AN_EVENT = 1000;
/** Each holds up to two pages of its listing in memory. */
const MOST_RANGES = 16;

interface Tools {
  readonly isThrowAway: (ref: ObjectRef) => boolean;
  readonly onEvent: OnEvent;
  readonly signal: AbortSignal;
  /** Called for each object that is counted. */
  readonly onCounted?: (ref: ObjectRef) => void;
}

/**
 * Lists the objects only to count them, because a plan and a progress bar need a total. One LIST per 1,000
 * objects. Resolves with whether all of them were counted.
 */
export async function countAhead(
  store: ObjectStore,
  scopes: readonly Scope[],
  { options, progressOf }: Pick<Session, "options" | "progressOf">,
  { isThrowAway, onEvent, signal, onCounted }: Tools,
): Promise<boolean> {
  const isInScope = objectFilter(options.filters);
  let objects = 0;
  const count = (ref: ObjectRef) => {
    if (isThrowAway(ref) || !isInScope(ref)) return;
    objects += 1;
    onCounted?.(ref);
    if (objects % OBJECTS_AN_EVENT === 0) onEvent({ kind: "counted", objects, end: false });
  };
  try {
    for (const scope of scopes) {
      if (!signal.aborted) await countScope(scope, progressOf(scope), count, { store, signal });
    }
    if (!signal.aborted) onEvent({ kind: "counted", objects, end: true });
    return !signal.aborted;
  } catch (error) {
    // The run makes its own listing and reports the error.
    if (!(error instanceof StoreError)) throw error;
    return false;
  }
}

interface Listing {
  readonly store: ObjectStore;
  readonly signal: AbortSignal;
}

function countScope(
  scope: Scope,
  { ranges, unplaced, isUnordered }: ScopeProgress,
  count: (ref: ObjectRef) => void,
  listing: Listing,
): Promise<void> {
  const hasUnplaced = unplaced.size > 0;
  return readSideBySide<RangeProgress>({
    scope,
    parts: ranges.filter(({ end }) => !end),
    most: isUnordered ? 1 : MOST_RANGES,
    list: listing.store.listObjects,
    start: (progress, stop) => new CountedRange(scope, progress, { ...listing, stop, count, hasUnplaced }),
    isBusy: () => false,
    onCut: async ({ doneKeys }, range) => ({ ...RANGE_NOT_STARTED, range, doneKeys }),
    signal: listing.signal,
  });
}

interface Counting extends Listing {
  readonly stop: AbortSignal;
  readonly count: (ref: ObjectRef) => void;
  readonly hasUnplaced: boolean;
}

/** A range of keys while its objects are counted. */
class CountedRange implements RunningRange {
  range: RunningRange["range"];
  lastKey: string | null = null;
  listed = 0;
  readonly done: Promise<void>;
  readonly #progress: RangeProgress;
  readonly #counting: Counting;

  constructor(scope: Scope, progress: RangeProgress, counting: Counting) {
    this.range = progress.range;
    this.#progress = progress;
    this.#counting = counting;
    const from = progress.upTo ?? progress.range.after ?? undefined;
    this.done = this.#read(listObjects(counting.store, scope, from, { signal: counting.signal }));
  }

  narrow(through: string): boolean {
    if (this.lastKey === null || compareKeys(this.lastKey, through) >= 0) return false;
    this.range = { ...this.range, through };
    this.listed = 0;
    return true;
  }

  async #read(refs: AsyncIterable<ObjectRef>): Promise<void> {
    for await (const ref of refs) {
      if (this.#counting.stop.aborted || !this.#take(ref)) return;
    }
  }

  /** Returns false for an object beyond the range. */
  #take(ref: ObjectRef): boolean {
    const { count, hasUnplaced } = this.#counting;
    this.listed += 1;
    if (ref.fault?.kind === "unreadable-key") {
      if (!hasUnplaced) count(ref);
      return true;
    }
    const place = placeIn(this.range, ref.key);
    this.lastKey = ref.key;
    if (place === "inside" && !this.#progress.doneKeys.has(ref.key)) count(ref);
    return place !== "beyond";
  }
}
