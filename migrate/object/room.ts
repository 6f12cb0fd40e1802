import pLimit, { type LimitFunction } from "p-limit";
import { RunError } from "../errors.js";
import type { OnEvent } from "../journal/events.js";
import type { VersionRecord } from "../journal/observation.js";
import type { OutcomeRecord } from "../journal/record.js";
import type { RunningRange } from "../list/side-by-side.js";
import { type FailReason, REASON_WORDS } from "../model/reason.js";

/** Bounds how many objects are in flight, of one source or of several together. */
export interface Room {
  /** How many may be in flight now. */
  most: number;
  /** How many may ever be in flight. */
  limit: number;
  readonly inFlight: number;
  /** Resolves once there is room for another object, which is not reserved. */
  free(): Promise<void>;
  /** Starts the work as soon as there is room. */
  take<T>(work: (item: T) => Promise<void>, item: T): Promise<void>;
}

/** `atFirst`: how many may be in flight until `most` is set. */
export function createRoom(limit: number, atFirst: number = limit): Room {
  return new BoundedRoom(limit, atFirst);
}

class BoundedRoom implements Room {
  inFlight = 0;
  #limit: number;
  #waiting: (() => void)[] = [];
  readonly #running: LimitFunction;

  constructor(limit: number, atFirst: number) {
    this.#limit = limit;
    this.#running = pLimit(Math.min(atFirst, limit));
  }

  get most(): number {
    return this.#running.concurrency;
  }

  set most(most: number) {
    this.#running.concurrency = Math.max(1, Math.min(most, this.#limit));
    this.#wake();
  }

  get limit(): number {
    return this.#limit;
  }

  set limit(limit: number) {
    this.#limit = limit;
    this.most = Math.min(this.most, limit);
  }

  async free(): Promise<void> {
    while (this.inFlight >= this.most) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  take<T>(work: (item: T) => Promise<void>, item: T): Promise<void> {
    this.inFlight += 1;
    return this.#running(work, item).finally(() => {
      this.inFlight -= 1;
      this.#wake();
    });
  }

  /** Wakes all: the next one may have nothing to start, while another has. */
  #wake(): void {
    const woken = this.#waiting;
    if (woken.length === 0) return;
    this.#waiting = [];
    for (const wake of woken) wake();
  }
}

/**
 * Runs `work` on every item, at most as many at a time as there is room. It pulls an item only if there is
 * room for it, so memory does not grow with the source. It stops pulling when the signal fires or a piece of
 * work rejects. Then it waits for the work in progress and rejects with the first rejection, if any.
 */
export async function forEachBounded<T>(
  source: AsyncIterable<T>,
  bound: number | Room,
  work: (item: T) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const room = typeof bound === "number" ? createRoom(bound) : bound;
  const failures: unknown[] = [];
  let open = 0;
  let onAllDone = () => {};
  const start = async (item: T) => {
    open += 1;
    try {
      await room.take(work, item);
    } catch (error) {
      failures.push(error);
    }
    open -= 1;
    if (open === 0) onAllDone();
  };
  try {
    await room.free();
    for await (const item of source) {
      if (failures.length > 0 || signal?.aborted) break;
      void start(item);
      if (room.inFlight >= room.most) await room.free();
    }
  } finally {
    if (open > 0) {
      await new Promise<void>((resolve) => {
        onAllDone = resolve;
      });
    }
  }
  if (failures.length > 0) throw failures[0];
}

const KIB = 1024;
/** How much of the bodies of objects of one class of size is held in memory at once. */
const HELD_BYTES = 64 * KIB * KIB;
/** The sizes up to which bodies belong to a class. Larger ones are streamed. */
const BODY_CLASSES = [64 * KIB, KIB * KIB, 8 * KIB * KIB];

/** Limits what is in progress at once besides the number of objects. */
export interface TransferLimits {
  /** For parts that are copied, and objects that are copied as one but are as large. */
  readonly partLimit: <T>(work: () => Promise<T>) => Promise<T>;
  /** For bodies that pass through this process. */
  readonly bodyLimit: <T>(sizeBytes: number, work: () => Promise<T>) => Promise<T>;
}

/** `large`: how many parts, or bodies that are streamed, may be in progress at once. */
export function createTransferLimits(large: number): TransferLimits {
  const classes = BODY_CLASSES.map((upTo) => ({ upTo, limit: pLimit(HELD_BYTES / upTo) }));
  const streamed = pLimit(large);
  return {
    partLimit: pLimit(large),
    bodyLimit: (sizeBytes, work) => (classes.find(({ upTo }) => sizeBytes <= upTo)?.limit ?? streamed)(work),
  };
}

/** Failures that a single bucket may well cause: they say nothing about the other buckets. */
const OF_LOCATION: ReadonlySet<string> = new Set<FailReason>([
  "access-denied",
  "listed-not-found",
  "size-unknown",
  "store-error",
]);

/** How many objects may fail before one succeeds. */
const FAILURES_AT_START = 20;

/** Ends a run that has seen only failures so far: if everything fails, the objects are not the cause. */
export function createBreaker(what = "objects"): (record: Pick<OutcomeRecord | VersionRecord, "outcome">) => void {
  let failures = 0;
  let closed = false;
  return ({ outcome }) => {
    if (closed) return;
    if (outcome.kind !== "failed") {
      closed = true;
      return;
    }
    failures += 1;
    if (failures >= FAILURES_AT_START) {
      const words = `${REASON_WORDS[outcome.reason]} (${outcome.detail})`;
      const ofLocation = OF_LOCATION.has(outcome.reason) ? "all-failed" : undefined;
      throw new RunError(
        `the first ${failures} ${what} all failed, the last because ${words}: nothing more was tried`,
        { ofLocation },
      );
    }
  };
}

/** The duties of the journal's owner for a range of keys. */
export interface RangeRecords {
  /** Called once the record is in the journal. `wasAsked`: the store was asked. An error ends the range. */
  readonly onResult: (record: OutcomeRecord | VersionRecord, wasAsked: boolean) => void;
  /** Nothing further of the range is begun once it fires. */
  readonly stop: AbortSignal;
}

/** Where ranges are processed, and whether more of them at once would bring nothing. */
export interface RangePool<Work> {
  start(work: Work, records: RangeRecords): RunningRange;
  isBusy(): boolean;
}

/** Counts what becomes of the objects of a scope, or of its noncurrent versions. */
export function countResults(onEvent: OnEvent, what: "objects" | "versions"): RangeRecords["onResult"] {
  const breaker = createBreaker(what);
  return (record, wasAsked) => {
    onEvent(record.kind === "outcome" ? { kind: "outcome", record } : { kind: "version", record });
    // If the store was not asked, others may succeed.
    if (wasAsked) breaker(record);
  };
}
