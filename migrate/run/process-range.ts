import type { OutcomeRecord } from "../journal/record.js";
import type { RangeProgress } from "../journal/resume.js";
import { DoneKeys, ObjectWatermark, type Settle } from "../journal/watermark.js";
import { Unordered } from "../list/cut-range.js";
import type { RunningRange } from "../list/side-by-side.js";
import { compareKeys } from "../model/key-order.js";
import { isWhole, placeIn, placeOf } from "../model/key-range.js";
import type { ObjectRef } from "../model/object.js";
import type { Scope } from "../model/scope.js";
import type { PriorKnowledge, RunContext } from "../object/context.js";
import { outcomeOfFault } from "../object/object-result.js";
import { processObject, recordKnown } from "../object/process-object.js";
import { forEachBounded } from "../object/room.js";
import { processChain } from "../versions/replay-chain.js";

const OUTCOMES_A_CHECKPOINT = 1000;

/** A range of the keys of a scope, and how far an earlier session came in it. */
export interface RangeWork {
  readonly scope: Scope;
  readonly progress: RangeProgress;
  /** The details of undecodable keys that have an outcome, of the whole scope. */
  readonly unplaced: ReadonlySet<string>;
  /** How many of them count as listed in this range. */
  readonly unplacedHere: number;
}

/** The duties of the journal's owner for a range. */
export interface RangeRecords {
  /** Called once the outcome is in the journal. `wasAsked`: the store was asked. An error ends the range. */
  readonly onOutcome: (record: OutcomeRecord, wasAsked: boolean) => void;
  /** No further object is begun once it fires. */
  readonly stop: AbortSignal;
}

interface ListedRef {
  readonly ref: ObjectRef;
  readonly known: PriorKnowledge<OutcomeRecord> | undefined;
  readonly settle: Settle;
}

/** Processes every object of a range, starting where an earlier session stopped. */
export function runRange(work: RangeWork, context: RunContext, records: RangeRecords): RunningRange {
  const walk = new RangeWalk(work, context);
  return {
    done: processRange(walk, context, records),
    get range() {
      return walk.watermark.range;
    },
    get lastKey() {
      return walk.lastKey;
    },
    get listed() {
      return walk.listed;
    },
    narrow: (through) => walk.narrow(through),
  };
}

async function processRange(walk: RangeWalk, context: RunContext, { onOutcome, stop }: RangeRecords): Promise<void> {
  const { journal, room, now, signal } = context;
  const { watermark } = walk;
  let sinceCheckpoint = 0;
  const toOutcome = async ({ ref, known, settle }: ListedRef) => {
    const record = await recordKnown(known, () => processRef(ref, context));
    if (record === null) return;
    await journal.append(record);
    context.inFlight.settle(ref);
    settle();
    onOutcome(record, ref.fault === undefined);
    sinceCheckpoint += 1;
    if (sinceCheckpoint % OUTCOMES_A_CHECKPOINT === 0) await journal.append(watermark.checkpoint(now(), false));
  };
  const stopped = () => ({ ...watermark.checkpoint(now(), false), knownLeft: watermark.open + walk.countLeft() });
  try {
    await forEachBounded(walk.refsToDo(), room, toOutcome, stop);
  } catch (error) {
    await journal.append(stopped());
    throw error;
  }
  const isStopped = signal?.aborted || stop.aborted;
  await journal.append(isStopped ? stopped() : watermark.checkpoint(now(), true));
}

/** The listing of a range. */
class RangeWalk {
  readonly watermark: ObjectWatermark;
  lastKey: string | null = null;
  listed = 0;
  readonly #work: RangeWork;
  readonly #context: RunContext;
  readonly #from: string | null;
  #unread: readonly ObjectRef[] = [];
  #isRead = false;

  constructor(work: RangeWork, context: RunContext) {
    this.#work = work;
    this.#context = context;
    this.#from = work.progress.upTo ?? work.progress.range.after;
    this.watermark = new ObjectWatermark(work.scope, work.progress);
  }

  narrow(through: string): boolean {
    const last = this.lastKey ?? this.#from;
    const isPassed = last !== null && compareKeys(last, through) >= 0;
    if (this.#isRead || isPassed || placeIn(this.watermark.range, through) !== "inside") return false;
    this.watermark.narrow(through);
    this.listed = 0;
    return true;
  }

  /** Objects that were listed and are not begun. */
  countLeft(): number {
    const { isTestObject, isInScope } = this.#context;
    const { doneKeys } = this.#work.progress;
    const open = this.#unread.filter(
      (ref) => placeOf(this.watermark.range, ref) === "inside" && !doneKeys.has(ref.key),
    );
    return open.filter((ref) => !isTestObject(ref) && isInScope(ref)).length;
  }

  async *refsToDo(): AsyncGenerator<ListedRef> {
    await using known = this.#context.known.after(this.#work.scope, this.#from);
    const { journal, inFlight, now, isInScope, onEvent } = this.#context;
    const { watermark } = this;
    const done = new DoneKeys(this.#work.progress.doneKeys, watermark);
    let { order } = watermark;
    for (let nth = 0; nth < this.#work.unplacedHere; nth += 1) watermark.listUnplaced()();
    for await (const ref of this.#listed()) {
      const countAs = this.#countingOf(ref, done);
      if (countAs === null) continue;
      // A copy is younger than its original, so the filter that accepted the original may now reject it.
      const inScope = inFlight.earlier(ref) !== undefined || isInScope(ref);
      const settle = countAs(inScope);
      this.#refuseDisorder();
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
    this.#isRead = true; // It counts every key up to its end now, so it keeps that end.
    done.passTo(null);
  }

  /** The objects of the range, and none of the run's own test objects. */
  async *#listed(): AsyncGenerator<ObjectRef> {
    const { walk, isTestObject } = this.#context;
    const refs = walk.objects(this.#work.scope, this.#from ?? undefined, (left) => {
      this.#unread = left;
    });
    for await (const ref of refs) {
      const place = placeOf(this.watermark.range, ref);
      if (place === "beyond") {
        // A listing may show a key that cannot be decoded anywhere.
        if (ref.fault?.kind === "unreadable-key") continue;
        return;
      }
      if (place === "before") continue;
      if (ref.fault?.kind !== "unreadable-key") this.lastKey = ref.key;
      this.listed += 1;
      if (!isTestObject(ref)) yield ref;
    }
  }

  #refuseDisorder(): void {
    if (!this.watermark.isOrdered && !isWhole(this.watermark.range)) throw new Unordered();
  }

  /** How an object in or out of scope is counted; `null` if an earlier session has finished it. */
  #countingOf({ key, fault }: ObjectRef, done: DoneKeys): ((inScope: boolean) => Settle) | null {
    if (fault?.kind === "unreadable-key") {
      const isDone = this.#work.unplaced.has(outcomeOfFault(fault).detail);
      return isDone ? null : () => this.watermark.listUnplaced();
    }
    done.passTo(key);
    return done.take(key) ? null : (inScope) => this.watermark.list(key, inScope);
  }
}

/** Includes the noncurrent versions of an object if its history will be re-created. */
function processRef(ref: ObjectRef, context: RunContext): Promise<OutcomeRecord | null> {
  const isReplayed = context.versions === "replay" && context.mode === "migrate";
  const hasHistory = isReplayed && ref.fault === undefined && ref.notAsNamed === undefined;
  return hasHistory ? processChain(ref, context) : processObject(ref, context);
}
