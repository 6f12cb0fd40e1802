import pLimit from "p-limit";

/** Bounds how many objects are in flight, of one source or of several together. */
export interface Room {
  readonly most: number;
  readonly inFlight: number;
  /** Resolves once there is room for another object, which is not reserved. */
  free(): Promise<void>;
  /** Starts the work as soon as there is room. */
  take<T>(work: (item: T) => Promise<void>, item: T): Promise<void>;
}

export function createRoom(most: number): Room {
  const limit = pLimit(most);
  let inFlight = 0;
  let waiting: (() => void)[] = [];
  const free = async () => {
    while (inFlight >= most) await new Promise<void>((resolve) => waiting.push(resolve));
  };
  const leave = () => {
    inFlight -= 1;
    // All of them: the next one may have nothing to start, while another has.
    const woken = waiting;
    waiting = [];
    for (const wake of woken) wake();
  };
  return {
    most,
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
