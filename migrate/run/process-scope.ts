import type { OutcomeRecord } from "../journal/record.js";
import type { ScopeProgress } from "../journal/resume.js";
import { DoneKeys, ObjectWatermark, type Settle } from "../journal/watermark.js";
import type { OnLeft } from "../list/list-objects.js";
import type { ObjectRef } from "../model/object.js";
import type { Scope } from "../model/scope.js";
import type { PriorKnowledge, RunContext } from "../object/context.js";
import { outcomeOfFault } from "../object/object-result.js";
import { createBreaker, forEachBounded, processObject, recordKnown } from "../object/process-object.js";
import { processChain } from "../versions/replay-chain.js";

const OUTCOMES_A_CHECKPOINT = 1000;

interface ListedRef {
  readonly ref: ObjectRef;
  readonly known: PriorKnowledge<OutcomeRecord> | undefined;
  readonly settle: Settle;
}

/** Processes every object of a scope, starting where an earlier session stopped. */
export async function processScope(scope: Scope, progress: ScopeProgress, context: RunContext): Promise<void> {
  const { journal, concurrency, onEvent, now, signal } = context;
  if (progress.end) return;
  onEvent({ kind: "scope-started", scope });
  const watermark = new ObjectWatermark(scope, progress);
  const breaker = createBreaker();
  let sinceCheckpoint = 0;
  let unread: readonly ObjectRef[] = [];
  const refs = refsToDo(scope, progress, watermark, context, (left) => (unread = left));
  const stopped = () => {
    const isLeft = (ref: ObjectRef) =>
      !progress.doneKeys.has(ref.key) && !context.isTestObject(ref) && context.isInScope(ref);
    return { ...watermark.checkpoint(now(), false), knownLeft: watermark.open + unread.filter(isLeft).length };
  };
  const toOutcome = async ({ ref, known, settle }: ListedRef) => {
    const record = await recordKnown(known, () => processRef(ref, context));
    if (record === null) return;
    await journal.append(record);
    context.inFlight.settle(ref);
    settle();
    onEvent({ kind: "outcome", record });
    // The store was not asked, so other objects may succeed.
    if (ref.fault === undefined) breaker(record);
    sinceCheckpoint += 1;
    if (sinceCheckpoint % OUTCOMES_A_CHECKPOINT === 0) await journal.append(watermark.checkpoint(now(), false));
  };
  try {
    await forEachBounded(refs, concurrency, toOutcome, signal);
  } catch (error) {
    await journal.append(stopped());
    throw error;
  }
  await journal.append(signal?.aborted ? stopped() : watermark.checkpoint(now(), true));
  onEvent({ kind: "scope-ended", scope });
}

async function* refsToDo(
  scope: Scope,
  progress: ScopeProgress,
  watermark: ObjectWatermark,
  { walk, journal, inFlight, now, isInScope, isTestObject, known, onEvent }: RunContext,
  onLeft: OnLeft,
): AsyncGenerator<ListedRef> {
  let { order } = watermark;
  const done = new DoneKeys(progress.doneKeys, watermark);
  for (const _ of progress.unplaced) watermark.listUnplaced()();
  for await (const ref of walk.objects(scope, progress.upTo ?? undefined, onLeft)) {
    if (isTestObject(ref)) continue;
    const countAs = countingOf(ref, progress, done, watermark);
    if (countAs === null) continue;
    // A copy is younger than its original, so the filter that accepted the original may now reject it.
    const inScope = inFlight.earlier(ref) !== undefined || isInScope(ref);
    const settle = countAs(inScope);
    // Precedes the outcome of the first key that shows it: a resumed run must know which keys came before.
    if (watermark.order !== order) await journal.append(watermark.checkpoint(now(), false));
    order = watermark.order;
    if (!inScope) {
      settle();
      continue;
    }
    onEvent({ kind: "listed", sizeBytes: ref.sizeBytes });
    yield { ref, known: ref.fault === undefined ? await known.object(ref) : undefined, settle };
  }
  done.passTo(null);
}

/** How an object in or out of scope is counted; `null` if an earlier session has finished it. */
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

/** Includes the older versions of an object if its history will be re-created. */
function processRef(ref: ObjectRef, context: RunContext): Promise<OutcomeRecord | null> {
  const isReplayed = context.versions === "replay" && context.mode === "migrate";
  const hasHistory = isReplayed && ref.fault === undefined && ref.notAsNamed === undefined;
  return hasHistory ? processChain(ref, context) : processObject(ref, context);
}
