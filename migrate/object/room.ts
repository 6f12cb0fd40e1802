import pLimit from "p-limit";
import { RunError } from "../errors.js";
import type { VersionRecord } from "../journal/observation.js";
import type { OutcomeRecord } from "../journal/record.js";
import { type FailReason, REASON_WORDS } from "../model/reason.js";

/** Bounds how many objects are in flight, of one source or of several together. */
export interface Room {
  /** How many may be in flight. */
  most: number;
  readonly inFlight: number;
  /** Resolves once there is room for another object, which is not reserved. */
  free(): Promise<void>;
  /** Starts the work as soon as there is room. */
  take<T>(work: (item: T) => Promise<void>, item: T): Promise<void>;
}

export function createRoom(atMost: number): Room {
  const limit = pLimit(atMost);
  let inFlight = 0;
  let waiting: (() => void)[] = [];
  const free = async () => {
    while (inFlight >= limit.concurrency) await new Promise<void>((resolve) => waiting.push(resolve));
  };
  const leave = () => {
    inFlight -= 1;
    // All of them: the next one may have nothing to start, while another has.
    const woken = waiting;
    waiting = [];
    for (const wake of woken) wake();
  };
  return {
    get most() {
      return limit.concurrency;
    },
    set most(most) {
      limit.concurrency = most;
    },
    get inFlight() {
      return inFlight;
    },
    free,
    take: (work, item) => {
      inFlight += 1;
      return limit(work, item).finally(leave);
    },
  };
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
  const inFlight = new Set<Promise<void>>();
  const start = (item: T) => {
    const task = room
      .take(work, item)
      .catch((error: unknown) => void failures.push(error))
      .finally(() => inFlight.delete(task));
    inFlight.add(task);
  };
  try {
    await room.free();
    for await (const item of source) {
      if (failures.length > 0 || signal?.aborted) break;
      start(item);
      await room.free();
    }
  } finally {
    await Promise.all(inFlight);
  }
  if (failures.length > 0) throw failures[0];
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
