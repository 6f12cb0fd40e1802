import type { OnEvent } from "../journal/events.js";
import { RANGE_NOT_STARTED, type RangeProgress, type ScopeProgress } from "../journal/resume.js";
import { ListedRange, Unordered } from "../list/cut-range.js";
import { listObjects } from "../list/list-objects.js";
import { objectFilter } from "../list/object-filter.js";
import { MOST_RANGES, readSideBySide } from "../list/side-by-side.js";
import type { ObjectRef } from "../model/object.js";
import type { Scope } from "../model/scope.js";
import type { ObjectStore } from "../store/object-store.js";
import { pause, systemClock } from "../store/pace/token-bucket.js";
import { StoreError } from "../store/store-error.js";
import { createBusyCheck } from "./adaptive-room.js";
import type { Session } from "./session.js";

const OBJECTS_AN_EVENT = 1000;
const WAIT_MS = 100;

interface Tools {
  readonly isThrowAway: (ref: ObjectRef) => boolean;
  readonly onEvent: OnEvent;
  readonly signal: AbortSignal;
  /** Whether the run waits for its own listing, which more requests would slow down. @default never */
  readonly waitsForListing?: (() => boolean) | undefined;
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
  { isThrowAway, onEvent, signal, waitsForListing, onCounted }: Tools,
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
      if (!signal.aborted) await countScope(scope, progressOf(scope), { store, count, signal, waitsForListing });
    }
    if (!signal.aborted) onEvent({ kind: "counted", objects, end: true });
    return !signal.aborted;
  } catch (error) {
    // The run makes its own listing and reports the error, or that it has no order.
    if (!(error instanceof StoreError || error instanceof Unordered)) throw error;
    return false;
  }
}

/**
 * Counts beside a run until the function that it returns is called. While the run waits for its own listing, no further
 * page is read: the count could not be ahead of it.
 */
export function startCounting(
  store: ObjectStore,
  scopes: readonly Scope[],
  session: Pick<Session, "options" | "progressOf">,
  tools: Omit<Tools, "signal">,
): () => void {
  const counting = new AbortController();
  void countAhead(store, scopes, session, { ...tools, signal: counting.signal });
  return () => counting.abort();
}

interface Counting extends Pick<Tools, "signal" | "waitsForListing"> {
  readonly store: ObjectStore;
  readonly count: (ref: ObjectRef) => void;
}

function countScope(
  scope: Scope,
  { ranges, unplaced, isUnordered }: ScopeProgress,
  { store, count, signal, waitsForListing = () => false }: Counting,
): Promise<void> {
  const isBusy = createBusyCheck();
  const isDone = ({ doneKeys }: RangeProgress, { key, fault }: ObjectRef) =>
    fault?.kind === "unreadable-key" ? unplaced.size > 0 : doneKeys.has(key);
  return readSideBySide<RangeProgress>({
    scope,
    parts: ranges.filter(({ end }) => !end),
    most: isUnordered ? 1 : MOST_RANGES,
    list: store.listObjects,
    start: (progress, stop) => {
      const { range, upTo } = progress;
      const objects = listObjects(store, scope, upTo ?? range.after ?? undefined, { signal });
      let listed = 0;
      const onObject = (ref: ObjectRef) => {
        if (!isDone(progress, ref)) count(ref);
        listed += 1;
        return listed % OBJECTS_AN_EVENT === 0 ? whileTrue(waitsForListing, signal) : undefined;
      };
      return new ListedRange({ range, objects, stop, onObject });
    },
    isBusy: () => waitsForListing() || isBusy(),
    onCut: async ({ doneKeys }, range) => ({ ...RANGE_NOT_STARTED, range, doneKeys }),
    signal,
  });
}

async function whileTrue(holds: () => boolean, signal: AbortSignal): Promise<void> {
  while (holds() && !signal.aborted) await pause(WAIT_MS, systemClock, signal);
}
