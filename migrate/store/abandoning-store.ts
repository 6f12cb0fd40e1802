import { setMaxListeners } from "node:events";
import { interceptCalls } from "./intercept-calls.js";
import { unlessAborted } from "./interrupted.js";
import type { ObjectStore } from "./object-store.js";
import type { Operation } from "./operations.js";

/** What leaves nothing behind, if it comes to its end: it has longer. */
const CLEANS: ReadonlySet<Operation> = new Set(["abortMultipartUpload"]);
const TIMES_LONGER_TO_CLEAN = 4;

export interface Abandoning {
  readonly store: ObjectStore;
  /** Ends the waiting for what is in flight, and the process need not wait for it either. */
  close(): void;
}

/**
 * Once a run is interrupted what is in flight has a while to end. Then every call rejects with an `interrupted` error, those under way too:
 * a store that says nothing must not keep a process from ending. What the store does of them all the same, a resumed run finds out.
 */
export function abandoningStore(
  store: ObjectStore,
  interruption: AbortSignal | undefined,
  graceMs: number,
): Abandoning {
  if (interruption === undefined) return { store, close: () => undefined };
  const [calls, cleaning] = [new AbortController(), new AbortController()];
  // Every call that is under way listens to it.
  for (const { signal } of [calls, cleaning]) setMaxListeners(0, signal);
  const timers: NodeJS.Timeout[] = [];
  const begin = () => {
    timers.push(setTimeout(() => calls.abort(), graceMs));
    timers.push(setTimeout(() => cleaning.abort(), graceMs * TIMES_LONGER_TO_CLEAN));
  };
  if (interruption.aborted) begin();
  else interruption.addEventListener("abort", begin, { once: true });
  return {
    store: interceptCalls(store, (operation, call) =>
      unlessAborted(operation, call, (CLEANS.has(operation) ? cleaning : calls).signal),
    ),
    close: () => {
      interruption.removeEventListener("abort", begin);
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
