import { setMaxListeners } from "node:events";
import type { ObjectStore } from "./object-store.js";
import { interceptCalls, type Operation } from "./operations.js";
import { StoreError } from "./store-error.js";

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

/** Of a call whose answer nobody waits for any more. */
function interrupted(operation: Operation): StoreError {
  const message = "the run was interrupted";
  return new StoreError({
    kind: "interrupted",
    operation,
    status: null,
    code: "Interrupted",
    message,
    requestId: null,
  });
}

/** Stops waiting once the signal fires. Nothing is asked if it has fired already. */
export async function unlessAborted<T>(
  operation: Operation,
  call: () => Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  if (signal === undefined) return call();
  if (signal.aborted) throw interrupted(operation);
  let onAbort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(interrupted(operation));
  });
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([aborted, call()]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
