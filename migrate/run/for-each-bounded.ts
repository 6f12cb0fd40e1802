import pLimit from "p-limit";

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
