import type { Known, KnownObjects } from "../compare/baseline-entry.js";
import { processKnown } from "../compare/known.js";
import type { OnEvent } from "../journal/events.js";
import type { InFlight } from "../journal/in-flight.js";
import type { JournalWriter } from "../journal/journal-writer.js";
import type { OutcomeRecord } from "../journal/record.js";
import type { ScopeProgress } from "../journal/resume.js";
import { DoneKeys, ObjectWatermark, type Settle } from "../journal/watermark.js";
import type { OnLeft, Walk } from "../list/list-objects.js";
import type { ObjectRef } from "../model/object.js";
import type { Scope } from "../model/scope.js";
import type { Road } from "../object/context.js";
import { createBreaker, forEachBounded } from "../object/for-each-bounded.js";
import { outcomeOfFault } from "../object/object-result.js";
import { processObject } from "../object/process-object.js";
import type { ResolvedOptions } from "../options/resolve-options.js";
import { processChain } from "../versions/replay-chain.js";

const OUTCOMES_A_CHECKPOINT = 1000;

interface ScopeContext {
  readonly road: Road;
  readonly journal: JournalWriter;
  readonly inFlight: Pick<InFlight, "settle">;
  readonly concurrency: number;
  readonly isInScope: (ref: ObjectRef) => boolean;
  /** Whether this very run put it, only to delete it again: no object of the bucket's. */
  readonly isThrowAway: (ref: ObjectRef) => boolean;
  readonly onEvent: OnEvent;
  readonly walk: Pick<Walk, "objects">;
  /** What need not be asked of the store. */
  readonly known?: Pick<KnownObjects, "object"> | undefined;
  /** The road of one object, where it is not its own alone. */
  readonly process?: (ref: ObjectRef, road: Road) => Promise<OutcomeRecord | null>;
}

interface ListedRef {
  readonly ref: ObjectRef;
  readonly known: Known<OutcomeRecord> | undefined;
  readonly settle: Settle;
}

/** Takes every object of a scope down the road, from where an earlier session stopped. */
export async function processScope(scope: Scope, progress: ScopeProgress, context: ScopeContext): Promise<void> {
  const { road, journal, concurrency, onEvent } = context;
  if (progress.end) return;
  onEvent({ kind: "scope-started", scope });
  const watermark = new ObjectWatermark(scope, progress);
  const breaker = createBreaker();
  let sinceCheckpoint = 0;
  let unread: readonly ObjectRef[] = [];
  const refs = refsToDo(scope, progress, watermark, { ...context, onLeft: (left) => (unread = left) });
  const stopped = () => {
    const isLeft = (ref: ObjectRef) =>
      !progress.doneKeys.has(ref.key) && !context.isThrowAway(ref) && context.isInScope(ref);
    return { ...watermark.checkpoint(road.now(), false), knownLeft: watermark.open + unread.filter(isLeft).length };
  };
  const toOutcome = async ({ ref, known, settle }: ListedRef) => {
    const takeObject = ref.fault === undefined ? (context.process ?? processObject) : processObject;
    const record = await processKnown(known, () => takeObject(ref, road));
    if (record === null) return;
    await journal.append(record);
    context.inFlight.settle(ref);
    settle();
    onEvent({ kind: "outcome", record });
    // The store was not asked: other objects may be fine.
    if (ref.fault === undefined) breaker(record);
    sinceCheckpoint += 1;
    if (sinceCheckpoint % OUTCOMES_A_CHECKPOINT === 0) await journal.append(watermark.checkpoint(road.now(), false));
  };
  try {
    await forEachBounded(refs, concurrency, toOutcome, road.signal);
  } catch (error) {
    await journal.append(stopped());
    throw error;
  }
  await journal.append(road.signal?.aborted ? stopped() : watermark.checkpoint(road.now(), true));
  onEvent({ kind: "scope-ended", scope });
}

async function* refsToDo(
  scope: Scope,
  progress: ScopeProgress,
  watermark: ObjectWatermark,
  { walk, road, journal, isInScope, isThrowAway, known, onEvent, onLeft }: ScopeContext & { readonly onLeft: OnLeft },
): AsyncGenerator<ListedRef> {
  let { order } = watermark;
  const done = new DoneKeys(progress.doneKeys, watermark);
  for (const _ of progress.unplaced) watermark.listUnplaced()();
  for await (const ref of walk.objects(scope, progress.upTo ?? undefined, onLeft)) {
    if (isThrowAway(ref)) continue;
    const countAs = countingOf(ref, progress, done, watermark);
    if (countAs === null) continue;
    // A copy is younger than its original, so that a filter may leave out now what it let through then.
    const inScope = road.earlierAttempt(ref) !== undefined || isInScope(ref);
    const settle = countAs(inScope);
    // Before the outcome of the first key that shows it: whoever resumes has to know which keys came before the mark.
    if (watermark.order !== order) await journal.append(watermark.checkpoint(road.now(), false));
    order = watermark.order;
    if (!inScope) {
      settle();
      continue;
    }
    onEvent({ kind: "listed", sizeBytes: ref.sizeBytes });
    yield { ref, known: ref.fault === undefined ? await known?.object(ref) : undefined, settle };
  }
  done.passTo(null);
}

/** How an object is counted that is in scope or not; `null` if an earlier session is done with it. */
function countingOf(
  { key, fault }: ObjectRef,
  { unplaced }: ScopeProgress,
  done: DoneKeys,
  watermark: ObjectWatermark,
): ((inScope: boolean) => Settle) | null {
  if (fault?.kind === "unreadable-key") {
    return unplaced.has(outcomeOfFault(fault).detail) ? null : () => watermark.listUnplaced();
  }
  done.passTo(key);
  return done.take(key) ? null : (inScope) => watermark.list(key, inScope);
}

/** How the objects of a run are processed, where their older versions go with them. */
export function processOf(
  { versions }: Pick<ResolvedOptions, "versions">,
  { mode }: Pick<Road, "mode">,
  journal: Pick<JournalWriter, "append">,
): Pick<ScopeContext, "process"> {
  if (versions !== "replay" || mode !== "migrate") return {};
  return {
    process: (ref, road) =>
      ref.notAsNamed === undefined ? processChain(ref, road, journal) : processObject(ref, road),
  };
}
