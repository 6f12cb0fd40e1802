import { setMaxListeners } from "node:events";
import type { KeyRange } from "../model/key-range.js";
import type { Scope } from "../model/scope.js";
import { StoreError } from "../store/store-error.js";
import { findCuts, type ListObjects } from "./cut-range.js";

/** A range of keys while its listing is read. */
export interface RunningRange {
  /** Resolves once the range is read, or stopped. */
  readonly done: Promise<void>;
  readonly range: KeyRange;
  /** The last key that was listed; `null` before the first. */
  readonly lastKey: string | null;
  /** The number of objects listed since it began, or since it was last cut. */
  readonly listed: number;
  /** Ends the range at this key. Returns false if the listing is past it. */
  narrow(through: string): boolean | Promise<boolean>;
}

export interface Cutting {
  /** How often it is looked whether a range is to be cut, in milliseconds. */
  readonly everyMs: number;
  /** A range that listed fewer objects than this may well be over before a cut would help. */
  readonly worth: number;
}

/** Each holds up to two pages of its listing in memory, if this process reads it. */
export const MOST_RANGES = 16;
/** A range that had so many objects has probably many left. */
const MANY = 10_000;
/** Each sends up to four requests at once. */
const MOST_SEARCHES = 16;
/** A page has up to 1,000 objects. */
const CUTTING: Cutting = { everyMs: 100, worth: 1000 };

export interface SideBySide<Part extends { readonly range: KeyRange }> {
  readonly scope: Scope;
  /** The ranges to read. They do not overlap. */
  readonly parts: readonly Part[];
  /** How many ranges may be read at once. With one, none is cut. */
  readonly most: number;
  /** Asks the store where a range can be cut. */
  readonly list: ListObjects;
  /** Begins to read a range. It ends early once `stop` fires. */
  readonly start: (part: Part, stop: AbortSignal) => RunningRange;
  /** Whether more ranges at once would bring nothing. @default never */
  readonly isBusy?: (() => boolean) | undefined;
  /** Called with the range behind a cut of `part`, before it is read. */
  readonly onCut: (part: Part, behind: KeyRange) => Promise<Part>;
  readonly signal?: AbortSignal | undefined;
  /** @default ten times a second, once more than a page was listed */
  readonly cutting?: Cutting | undefined;
}

/**
 * Reads ranges of the keys of a scope side by side. While it is not busy, it cuts those with the most objects so
 * far, into as many parts as there is room for. Once as many as may be were read, only long ranges are cut like that.
 * Resolves once every range is read or the signal fired. If one fails, the others stop, and it rejects with the first
 * failure.
 */
export function readSideBySide<Part extends { readonly range: KeyRange }>(reading: SideBySide<Part>): Promise<void> {
  return new Ranges(reading).run();
}

class Ranges<Part extends { readonly range: KeyRange }> {
  readonly #reading: SideBySide<Part>;
  readonly #failed = new AbortController();
  readonly #stop: AbortSignal;
  readonly #running = new Map<RunningRange, Part>();
  readonly #failures: unknown[] = [];
  readonly #waiting: Part[];
  /** How many objects a range had listed when no place for a cut was found. */
  readonly #tried = new WeakMap<RunningRange, number>();
  /** The ranges for which places to cut them are sought, with how many each. */
  readonly #sought = new Map<RunningRange, number>();
  /** Whether as many ranges as may be were read at once. */
  #wasFull = false;
  #ended = () => {};

  constructor(reading: SideBySide<Part>) {
    this.#reading = reading;
    this.#waiting = [...reading.parts];
    this.#stop = AbortSignal.any([this.#failed.signal, ...(reading.signal ? [reading.signal] : [])]);
    setMaxListeners(0, this.#stop);
  }

  async run(): Promise<void> {
    const { most, cutting = CUTTING } = this.#reading;
    const ended = new Promise<void>((resolve) => {
      this.#ended = resolve;
    });
    const looking = most > 1 ? setInterval(() => this.#look(cutting), cutting.everyMs) : undefined;
    this.#startWaiting();
    await ended;
    clearInterval(looking);
    const [first] = this.#failures;
    if (first !== undefined) throw first;
  }

  #startWaiting(): void {
    while (this.#running.size < this.#reading.most && !this.#stop.aborted) {
      const part = this.#waiting.shift();
      if (part === undefined) break;
      this.#start(part);
    }
    if (this.#running.size === 0 && this.#sought.size === 0) this.#ended();
  }

  #start(part: Part): void {
    const running = this.#reading.start(part, this.#stop);
    this.#running.set(running, part);
    const left = () => {
      this.#running.delete(running);
      this.#startWaiting();
    };
    running.done.catch((error: unknown) => this.#fail(error)).finally(left);
  }

  #fail(error: unknown): void {
    this.#failures.push(error);
    this.#failed.abort();
  }

  #look({ worth }: Cutting): void {
    const { most, isBusy = () => false } = this.#reading;
    const room = most - this.#running.size - this.#waiting.length;
    this.#wasFull ||= room <= 0;
    const sought = [...this.#sought.values()].reduce((sum, cuts) => sum + cuts, 0);
    // Ranges end because the scope does, and few cuts are worth their requests then, unless there is much behind them.
    const late = this.#wasFull ? this.#longest(Math.max(MANY, worth)) : [];
    const free = Math.min(room, this.#wasFull && late.length === 0 ? 1 : MOST_SEARCHES) - sought;
    if (free <= 0 || this.#stop.aborted || isBusy()) return;
    const longest = (late.length > 0 ? late : this.#longest(worth)).slice(0, free);
    for (const running of longest) void this.#seek(running, Math.floor(free / longest.length));
  }

  /** The ranges with the most objects since they were last cut, or since a cut was last tried, the longest first. */
  #longest(worth: number): readonly RunningRange[] {
    const listed = (one: RunningRange) => one.listed - (this.#tried.get(one) ?? 0);
    const ranges = [...this.#running.keys()].filter((one) => listed(one) > worth && !this.#sought.has(one));
    return ranges.toSorted((a, b) => listed(b) - listed(a));
  }

  async #seek(running: RunningRange, cuts: number): Promise<void> {
    this.#sought.set(running, cuts);
    try {
      await this.#cut(running, cuts);
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#sought.delete(running);
      this.#startWaiting();
    }
  }

  async #cut(running: RunningRange, cuts: number): Promise<void> {
    const { scope, list, onCut } = this.#reading;
    const { range, lastKey, listed } = running;
    const part = this.#running.get(running);
    if (part === undefined || lastKey === null) return;
    this.#tried.set(running, listed);
    const places = await findCuts(list, scope, { from: lastKey, range }, cuts).catch(onlyBugs);
    // From the last on: whenever the run ends, what it has begun covers the whole range.
    for (const at of places.toReversed()) {
      const { through } = running.range;
      if (this.#stop.aborted || !this.#running.has(running) || !(await running.narrow(at))) return;
      this.#tried.delete(running);
      this.#waiting.push(await onCut(part, { after: at, through }));
      this.#startWaiting();
    }
  }
}

/** The listing of the range itself reports the refusals of the store. */
function onlyBugs(error: unknown): readonly string[] {
  if (error instanceof StoreError) return [];
  throw error;
}

/**
 * Joins the ranges of an earlier listing of a scope until each had as many objects as are worth a range. The ones with the
 * most objects come first: one that is begun late keeps all others waiting.
 */
export function joinRanges(
  ranges: readonly { readonly range: KeyRange; readonly listed: number }[],
  worth: number,
): readonly { readonly range: KeyRange }[] {
  const joined: { readonly range: KeyRange; readonly listed: number }[] = [];
  let [after, sum]: [string | null, number] = [null, 0];
  for (const { range, listed } of ranges) {
    sum += listed;
    if (sum < worth && range.through !== null) continue;
    joined.push({ range: { after, through: range.through }, listed: sum });
    [after, sum] = [range.through, 0];
  }
  return joined.toSorted((a, b) => b.listed - a.listed);
}
