import type { OutcomeRecord } from "../journal/record.js";
import type { RangeProgress } from "../journal/resume.js";
import { DoneKeys, ObjectWatermark, type Settle } from "../journal/watermark.js";
import { RangeReading, Unordered } from "../list/cut-range.js";
import type { RunningRange } from "../list/side-by-side.js";
import { compareKeys, type KeyOrder } from "../model/key-order.js";
import { isWhole, placeIn, placeOf } from "../model/key-range.js";
import type { ObjectRef } from "../model/object.js";
import type { Scope } from "../model/scope.js";
import type { PriorKnowledge, RunContext } from "../object/context.js";
import { outcomeOfFault } from "../object/object-result.js";
import { processObject, recordKnown } from "../object/process-object.js";
import { forEachBounded, type RangePool, type RangeRecords } from "../object/room.js";
import { runVersions } from "../versions/look-at-versions.js";
import { processChain } from "../versions/replay-chain.js";
import type { VersionWork } from "../versions/resume-versions.js";

const OUTCOMES_A_CHECKPOINT = 1000;

/** A range of the keys of a scope, and how far an earlier session came in it. */
export interface RangeWork {
  readonly kind: "objects";
  readonly scope: Scope;
  readonly progress: RangeProgress;
  /** The details of undecodable keys that have an outcome, of the whole scope. */
  readonly unplaced: ReadonlySet<string>;
  /** How many of them count as listed in this range. */
  readonly unplacedHere: number;
}

interface ListedRef {
  readonly ref: ObjectRef;
  readonly known: PriorKnowledge<OutcomeRecord> | undefined;
  readonly settle: Settle;
}

export type Work = RangeWork | VersionWork;

/** Processes a range in this process, starting where it was left. */
export function runWork(work: Work, context: RunContext, records: RangeRecords): RunningRange {
  return work.kind === "objects" ? runRange(work, context, records) : runVersions(work, context, records);
}

/** This process alone. */
export function poolHere(context: RunContext): RangePool<Work> {
  const isBusy = () => context.room.inFlight >= context.room.most / 2;
  return { start: (work, records) => runWork(work, context, records), isBusy };
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

async function processRange(walk: RangeWalk, context: RunContext, { onResult, stop }: RangeRecords): Promise<void> {
  const { journal, room, now, signal } = context;
  const { watermark } = walk;
  let sinceCheckpoint = 0;
  const toOutcome = async ({ ref, known, settle }: ListedRef) => {
    const record = await recordKnown(known, () => processRef(ref, context));
    if (record === null) return;
    await journal.append(record);
    context.inFlight.settle(ref);
    settle();
    onResult(record, ref.fault === undefined);
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
  readonly #reading = new RangeReading(() => this.watermark.range);
  readonly #work: RangeWork;
  readonly #context: RunContext;
  readonly #from: string | null;
  /** The order of the keys, as far as the journal has it. */
  #order: KeyOrder;
  #isRead = false;

  constructor(work: RangeWork, context: RunContext) {
    this.#work = work;
    this.#context = context;
    this.#from = work.progress.upTo ?? work.progress.range.after;
    this.watermark = new ObjectWatermark(work.scope, work.progress);
    this.#order = this.watermark.order;
    for (let nth = 0; nth < work.unplacedHere; nth += 1) this.watermark.listUnplaced()();
  }

  get lastKey(): string | null {
    return this.#reading.lastKey;
  }

  get listed(): number {
    return this.#reading.listed;
  }

  narrow(through: string): boolean {
    const last = this.lastKey ?? this.#from;
    const isPassed = last !== null && compareKeys(last, through) >= 0;
    // Keys beyond it may have been listed already.
    if (!this.watermark.isOrdered) return false;
    if (this.#isRead || isPassed || placeIn(this.watermark.range, through) !== "inside") return false;
    this.watermark.narrow(through);
    this.#reading.listed = 0;
    return true;
  }

  /** Objects that were listed and are not begun. */
  countLeft(): number {
    const { isTestObject, isInScope } = this.#context;
    const { doneKeys } = this.#work.progress;
    const open = this.#reading.unread.filter(
      (ref) => placeOf(this.watermark.range, ref) === "inside" && !doneKeys.has(ref.key),
    );
    return open.filter((ref) => !isTestObject(ref) && isInScope(ref)).length;
  }

  async *refsToDo(): AsyncGenerator<ListedRef> {
    const { known: ofScope, onEvent, walk } = this.#context;
    await using known = ofScope.after(this.#work.scope, this.#from);
    const done = new DoneKeys(this.#work.progress.doneKeys, this.watermark);
    for await (const page of walk.objects(this.#work.scope, this.#from ?? undefined)) {
      for (const ref of this.#reading.take(page)) {
        const settle = this.#count(ref, done);
        if (this.#isNews) await this.#noteOrder();
        if (settle === undefined) continue;
        onEvent({ kind: "listed", sizeBytes: ref.sizeBytes });
        yield { ref, known: ref.fault === undefined ? await known.object(ref) : undefined, settle };
      }
      if (this.#reading.isBeyond) break;
    }
    this.#isRead = true; // It counts every key up to its end now, so it keeps that end.
    done.passTo(null);
  }

  get #isNews(): boolean {
    return this.watermark.order !== this.#order || !this.watermark.isOrdered;
  }

  /** Precedes the outcome of the first key that shows an order: a resumed run must know which keys came before. */
  async #noteOrder(): Promise<void> {
    const { journal, now } = this.#context;
    if (!this.watermark.isOrdered && !isWhole(this.watermark.range)) throw new Unordered();
    if (this.watermark.order !== this.#order) await journal.append(this.watermark.checkpoint(now(), false));
    this.#order = this.watermark.order;
  }

  /** Counts an object that was listed. `undefined` if it is not to be processed. */
  #count(ref: ObjectRef, done: DoneKeys): Settle | undefined {
    const { inFlight, isInScope, isTestObject } = this.#context;
    if (isTestObject(ref) || this.#isDone(ref, done)) return undefined;
    // No filter leaves such a key out.
    if (ref.fault?.kind === "unreadable-key") return this.watermark.listUnplaced();
    // A copy is younger than its original, so the filter that accepted the original may now reject it.
    if (inFlight.earlier(ref) !== undefined || isInScope(ref)) return this.watermark.list(ref.key);
    this.watermark.leaveOut(ref.key);
    return undefined;
  }

  /** Whether an earlier session has finished an object. */
  #isDone({ key, fault }: ObjectRef, done: DoneKeys): boolean {
    if (fault?.kind === "unreadable-key") return this.#work.unplaced.has(outcomeOfFault(fault).detail);
    done.passTo(key);
    return done.take(key);
  }
}

/** Includes the noncurrent versions of an object if its history will be re-created. */
function processRef(ref: ObjectRef, context: RunContext): Promise<OutcomeRecord | null> {
  const isReplayed = context.versions === "replay" && context.mode === "migrate";
  const hasHistory = isReplayed && ref.fault === undefined && ref.notAsNamed === undefined;
  return hasHistory ? processChain(ref, context) : processObject(ref, context);
}
