import { setMaxListeners } from "node:events";
import type { CheckpointRecord } from "../journal/record.js";
import { isEnded, RANGE_NOT_STARTED, type RangeProgress, type ScopeProgress } from "../journal/resume.js";
import { findCut } from "../list/cut-range.js";
import { type KeyRange, placeIn, WHOLE_RANGE } from "../model/key-range.js";
import type { Scope } from "../model/scope.js";
import type { RunContext } from "../object/context.js";
import { createBreaker } from "../object/process-object.js";
import { StoreError } from "../store/store-error.js";
import { type RangeRecords, type RangeWork, type RunningRange, runRange, Unordered } from "./process-range.js";

export interface Cutting {
  /** How often it is looked whether a range is to be cut, in milliseconds. */
  readonly everyMs: number;
  /** A range that listed fewer objects than this may well be over before a cut would help. */
  readonly worth: number;
}

/** A page has up to 1,000 objects. */
const CUTTING: Cutting = { everyMs: 100, worth: 1000 };

export interface ScopeTools {
  /** Where a scope continues, read from the journal of this run again. */
  readonly readAgain: (scope: Scope) => Promise<ScopeProgress>;
  /** Called if the listing of a scope turns out to have no order. */
  readonly onUnordered: (scope: Scope) => Promise<void>;
  /** @default ten times a second, once more than a page was listed */
  readonly cutting?: Cutting;
}

/**
 * Processes every object of a scope, starting where an earlier session stopped. The scope is listed as one
 * range of keys at first. While there is room for more objects in flight than the listing shows, the range with
 * the most objects so far is cut in two, which are listed side by side.
 */
export async function processScope(
  scope: Scope,
  progress: ScopeProgress,
  context: RunContext,
  { readAgain, onUnordered, cutting = CUTTING }: ScopeTools,
): Promise<void> {
  if (isEnded(progress)) return;
  const { journal, now, onEvent, signal } = context;
  onEvent({ kind: "scope-started", scope });
  try {
    await new ScopeRanges(scope, progress, context, cutting).run();
  } catch (error) {
    if (!(error instanceof Unordered)) throw error;
    await journal.append({ ...checkpointAtStart(scope, WHOLE_RANGE, now()), afresh: true });
    await onUnordered(scope);
    await new ScopeRanges(scope, await readAgain(scope), context, cutting).run();
  }
  if (!signal?.aborted) onEvent({ kind: "scope-ended", scope });
}

/** The ranges of a scope that are under way, and those that wait. */
class ScopeRanges {
  readonly #cutting: Cutting;
  readonly #scope: Scope;
  readonly #progress: ScopeProgress;
  readonly #context: RunContext;
  readonly #records: RangeRecords;
  readonly #stop = new AbortController();
  readonly #running = new Map<RunningRange, RangeWork>();
  readonly #failures: unknown[] = [];
  readonly #waiting: RangeProgress[];
  /** How many objects a range had listed when no place for a cut was found. */
  readonly #tried = new WeakMap<RunningRange, number>();
  #isCutting = false;
  #ended = () => {};

  constructor(scope: Scope, progress: ScopeProgress, context: RunContext, cutting: Cutting) {
    this.#cutting = cutting;
    this.#scope = scope;
    this.#progress = progress;
    this.#context = context;
    this.#waiting = progress.ranges.filter(({ end }) => !end);
    const stop = AbortSignal.any([this.#stop.signal, ...(context.signal ? [context.signal] : [])]);
    setMaxListeners(0, stop);
    const breaker = createBreaker();
    const onOutcome: RangeRecords["onOutcome"] = (record, wasAsked) => {
      context.onEvent({ kind: "outcome", record });
      // If the store was not asked, other objects may succeed.
      if (wasAsked) breaker(record);
    };
    this.#records = { onOutcome, stop };
  }

  /** Resolves once every range ended or stopped. Rejects with the first failure of one of them. */
  async run(): Promise<void> {
    const ended = new Promise<void>((resolve) => {
      this.#ended = resolve;
    });
    const looking = setInterval(() => void this.#look(), this.#cutting.everyMs);
    this.#startWaiting();
    try {
      await ended;
    } finally {
      clearInterval(looking);
    }
    const [first] = this.#failures;
    if (first !== undefined) throw first;
  }

  #startWaiting(): void {
    while (this.#waiting.length > 0 && this.#running.size < this.#context.mostRanges && !this.#isStopped) {
      const progress = this.#waiting.shift();
      if (progress !== undefined) this.#start(progress);
    }
    if (this.#running.size === 0 && !this.#isCutting) this.#ended();
  }

  get #isStopped(): boolean {
    return this.#records.stop.aborted;
  }

  #start(progress: RangeProgress): void {
    const work = { scope: this.#scope, progress, unplaced: this.#progress.unplaced };
    const running = runRange(work, this.#context, this.#records);
    this.#running.set(running, work);
    const left = () => {
      this.#running.delete(running);
      this.#startWaiting();
    };
    running.done.catch((error: unknown) => this.#fail(error)).finally(left);
  }

  #fail(error: unknown): void {
    this.#failures.push(error);
    this.#stop.abort();
  }

  async #look(): Promise<void> {
    const { room, mostRanges } = this.#context;
    const isBusy = room.inFlight >= room.most / 2;
    const isFull = this.#running.size >= mostRanges || this.#waiting.length > 0;
    if (isBusy || isFull || this.#isCutting || this.#isStopped || this.#progress.isUnordered) return;
    const running = this.#longest();
    if (running === undefined) return;
    this.#isCutting = true;
    try {
      await this.#cut(running);
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#isCutting = false;
      this.#startWaiting();
    }
  }

  /** The range with the most objects since it was last cut, or since a cut was last tried. */
  #longest(): RunningRange | undefined {
    const listed = (one: RunningRange) => one.listed - (this.#tried.get(one) ?? 0);
    const worth = [...this.#running.keys()].filter((one) => listed(one) > this.#cutting.worth);
    return worth.toSorted((a, b) => listed(b) - listed(a))[0];
  }

  /** The part after the cut gets a line of its own first: a resumed run must know both parts. */
  async #cut(running: RunningRange): Promise<void> {
    const { store, journal, now } = this.#context;
    const { range, lastKey, listed } = running;
    const work = this.#running.get(running);
    if (work === undefined || lastKey === null) return;
    this.#tried.set(running, listed);
    const at = await findCut(store.listObjects, this.#scope, { from: lastKey, range }).catch(onlyBugs);
    if (at === null || this.#isStopped || !this.#running.has(running) || !running.narrow(at)) return;
    this.#tried.delete(running);
    const part = { after: at, through: range.through };
    const doneKeys = new Set([...work.progress.doneKeys].filter((key) => placeIn(part, key) === "inside"));
    this.#waiting.push({ ...RANGE_NOT_STARTED, range: part, doneKeys, order: work.progress.order });
    await journal.append(checkpointAtStart(this.#scope, part, now()));
  }
}

function checkpointAtStart(scope: Scope, { after, through }: KeyRange, now: Date): CheckpointRecord {
  return {
    kind: "checkpoint",
    ...scope,
    ...(after !== null && { after }),
    ...(through !== null && { through }),
    upTo: null,
    listed: 0,
    filteredOut: 0,
    end: false,
    at: now.toISOString(),
  };
}

/** The listing of the range reports the refusals of the store. */
function onlyBugs(error: unknown): null {
  if (error instanceof StoreError) return null;
  throw error;
}
