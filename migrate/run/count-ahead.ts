import type { OnEvent } from "../journal/events.js";
import type { RangeProgress } from "../journal/resume.js";
import { listObjects } from "../list/list-objects.js";
import { objectFilter } from "../list/object-filter.js";
import { placeIn } from "../model/key-range.js";
import type { ObjectRef } from "../model/object.js";
import type { Scope } from "../model/scope.js";
import type { ObjectStore } from "../store/object-store.js";
import { StoreError } from "../store/store-error.js";
import type { Session } from "./session.js";

const OBJECTS_AN_EVENT = 1000;

interface Tools {
  readonly isThrowAway: (ref: ObjectRef) => boolean;
  readonly onEvent: OnEvent;
  readonly signal: AbortSignal;
}

/**
 * Lists the objects beside the run only to count them, because a progress bar needs a total. One LIST per
 * 1,000 objects.
 */
export async function countAhead(
  store: ObjectStore,
  scopes: readonly Scope[],
  session: Pick<Session, "options" | "progressOf">,
  { isThrowAway, onEvent, signal }: Tools,
): Promise<void> {
  if (signal.aborted) return;
  let objects = 0;
  try {
    for await (const ref of refsAhead(store, scopes, session, signal)) {
      if (signal.aborted) return;
      if (isThrowAway(ref)) continue;
      objects += 1;
      if (objects % OBJECTS_AN_EVENT === 0) onEvent({ kind: "counted", objects, end: false });
    }
    if (!signal.aborted) onEvent({ kind: "counted", objects, end: true });
  } catch (error) {
    // The run makes its own listing and reports the error.
    if (!(error instanceof StoreError)) throw error;
  }
}

async function* refsAhead(
  store: ObjectStore,
  scopes: readonly Scope[],
  { options, progressOf }: Pick<Session, "options" | "progressOf">,
  signal: AbortSignal,
): AsyncGenerator<ObjectRef> {
  const isInScope = objectFilter(options.filters);
  for (const scope of scopes) {
    const { ranges, unplaced } = progressOf(scope);
    for (const progress of ranges) {
      if (progress.end) continue;
      for await (const ref of refsOfRange(store, scope, progress, signal)) {
        const isDone = ref.fault?.kind === "unreadable-key" ? unplaced.size > 0 : progress.doneKeys.has(ref.key);
        if (!isDone && isInScope(ref)) yield ref;
      }
    }
  }
}

async function* refsOfRange(
  store: ObjectStore,
  scope: Scope,
  { range, upTo }: RangeProgress,
  signal: AbortSignal,
): AsyncGenerator<ObjectRef> {
  for await (const ref of listObjects(store, scope, upTo ?? range.after ?? undefined, { signal })) {
    if (ref.fault === undefined && placeIn(range, ref.key) === "beyond") return;
    yield ref;
  }
}
