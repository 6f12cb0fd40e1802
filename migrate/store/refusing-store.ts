import { setMaxListeners } from "node:events";
import type { ObjectStore } from "./object-store.js";
import { interceptCalls, OPERATIONS, type Operation } from "./operations.js";
import { StoreError } from "./store-error.js";

/** Calls that clean up: if they finish, nothing is left behind, so they get a longer grace period. */
const CLEANUP_CALLS: ReadonlySet<Operation> = new Set(["abortMultipartUpload"]);
const CLEANUP_GRACE_FACTOR = 4;

export interface Abandoning {
  readonly store: ObjectStore;
  /** Stops waiting for calls in flight, so that they no longer keep the process alive. */
  close(): void;
}

/**
 * After an interruption, calls in flight get `graceMs` to finish. Then every call rejects with an
 * `interrupted` error, including calls in flight, so a store that does not answer cannot keep the process
 * from ending. If the store completes such a call later, a resumed run detects it.
 */
export function abandoningStore(
  store: ObjectStore,
  interruption: AbortSignal | undefined,
  graceMs: number,
): Abandoning {
  if (interruption === undefined) return { store, close: () => undefined };
  const [calls, cleaning] = [new AbortController(), new AbortController()];
  // Every call in flight adds a listener to these signals.
  for (const { signal } of [calls, cleaning]) setMaxListeners(0, signal);
  const timers: NodeJS.Timeout[] = [];
  const begin = () => {
    timers.push(setTimeout(() => calls.abort(), graceMs));
    timers.push(setTimeout(() => cleaning.abort(), graceMs * CLEANUP_GRACE_FACTOR));
  };
  if (interruption.aborted) begin();
  else interruption.addEventListener("abort", begin, { once: true });
  return {
    store: interceptCalls(store, (operation, call) =>
      unlessAborted(operation, call, (CLEANUP_CALLS.has(operation) ? cleaning : calls).signal),
    ),
    close: () => {
      interruption.removeEventListener("abort", begin);
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

/** The error of a call that nobody waits for any longer. */
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

/** Stops waiting when the signal fires. If it has already fired, the call is not made. */
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

/** A store that rejects every write. Audits and dry runs use it. */
export function readOnlyStore(store: ObjectStore): ObjectStore {
  return interceptCalls(store, (operation, call) => {
    if (OPERATIONS[operation].access === "read") return call();
    const message = "this run is read-only";
    return Promise.reject(
      new StoreError({ kind: "read-only", operation, status: null, code: "ReadOnly", message, requestId: null }),
    );
  });
}
