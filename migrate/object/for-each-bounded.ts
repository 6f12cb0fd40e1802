import pLimit from "p-limit";
import { RunError } from "../errors.js";
import type { VersionRecord } from "../journal/observation.js";
import type { OutcomeRecord } from "../journal/record.js";
import { type FailReason, REASON_WORDS } from "../model/reason.js";

/**
 * Runs `work` on every item, at most `concurrency` at a time, and pulls no item before there is room for it:
 * memory does not grow with the source. Stops pulling when the signal fires or a piece of work rejects, waits for what
 * is in flight, then rejects with the first rejection, if any.
 */
export async function forEachBounded<T>(
  source: AsyncIterable<T>,
  concurrency: number,
  work: (item: T) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const limit = pLimit(concurrency);
  const failures: unknown[] = [];
  let roomMade = () => {};
  const inFlight = new Set<Promise<void>>();
  const start = (item: T) => {
    const task = limit(work, item)
      .catch((error: unknown) => void failures.push(error))
      .finally(() => {
        inFlight.delete(task);
        roomMade();
      });
    inFlight.add(task);
  };
  try {
    for await (const item of source) {
      if (failures.length > 0 || signal?.aborted) break;
      start(item);
      if (inFlight.size >= concurrency) await new Promise<void>((resolve) => (roomMade = resolve));
    }
  } finally {
    await Promise.all(inFlight);
  }
  if (failures.length > 0) throw failures[0];
}

/** What may well be the fault of one bucket: of the others it says nothing. */
const OF_LOCATION: ReadonlySet<string> = new Set<FailReason>([
  "access-denied",
  "listed-not-found",
  "size-unknown",
  "store-error",
]);

/** How many objects may fail before one succeeds. */
const FAILURES_AT_START = 20;

/** Ends a run in which nothing but failures was seen so far: what fails for all is not the objects' fault. */
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
