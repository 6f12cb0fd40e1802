import type { HeadObjectInput, ObjectStore } from "./object-store.js";
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
  const [calls, cleaning] = [waitingRoom(), waitingRoom()];
  const timers: NodeJS.Timeout[] = [];
  const begin = () => {
    timers.push(setTimeout(calls.empty, graceMs));
    timers.push(setTimeout(cleaning.empty, graceMs * CLEANUP_GRACE_FACTOR));
  };
  if (interruption.aborted) begin();
  else interruption.addEventListener("abort", begin, { once: true });
  return {
    store: interceptCalls(store, (operation, call) =>
      (CLEANUP_CALLS.has(operation) ? cleaning : calls).wait(operation, call),
    ),
    close: () => {
      interruption.removeEventListener("abort", begin);
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

interface WaitingRoom {
  wait(operation: Operation, call: () => Promise<unknown>): Promise<unknown>;
  /** Rejects all calls in flight, and all later ones. */
  empty(): void;
}

/** Does for thousands of calls in flight what `unlessAborted` does for one, at less cost than a signal's listeners. */
function waitingRoom(): WaitingRoom {
  const waiting = new Set<() => void>();
  let isClosed = false;
  const wait: WaitingRoom["wait"] = (operation, call) =>
    new Promise((resolve, reject) => {
      const giveUp = () => reject(interrupted(operation));
      if (isClosed) {
        giveUp();
        return;
      }
      waiting.add(giveUp);
      call().then(
        (answer) => {
          waiting.delete(giveUp);
          resolve(answer);
        },
        (error: unknown) => {
          waiting.delete(giveUp);
          reject(error);
        },
      );
    });
  const empty = () => {
    isClosed = true;
    for (const giveUp of waiting) giveUp();
    waiting.clear();
  };
  return { wait, empty };
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
  const message = "this run is read-only";
  const refuse = (operation: Operation) =>
    Promise.reject(
      new StoreError({ kind: "read-only", operation, status: null, code: "ReadOnly", message, requestId: null }),
    );
  return interceptCalls(store, refuse, (operation) => OPERATIONS[operation].access === "write");
}

/** Stores whose calls reject some time after the signal. */
export function abandonedAfter(signal: AbortSignal | undefined, usualGraceMs: number) {
  const abandoned: Abandoning[] = [];
  return {
    abandoning: (store: ObjectStore, graceMs = usualGraceMs) => {
      const made = abandoningStore(store, signal, graceMs);
      abandoned.push(made);
      return made.store;
    },
    close: () => {
      for (const { close } of abandoned) close();
    },
  };
}

/**
 * A rejected HEAD has no body, so an expired token, clock skew, an SSE-C object and a missing permission look
 * alike. This store then sends GET for the first byte and reports the error of that GET as HEAD's. If GET
 * succeeds, HEAD is sent again.
 */
export function explainingStore(store: ObjectStore): ObjectStore {
  const headObject: ObjectStore["headObject"] = (input) =>
    store.headObject(input).catch(async (error: unknown) => {
      if (!(error instanceof StoreError) || !isUnexplained(error)) throw error;
      await askWithGet(store, input);
      return store.headObject(input);
    });
  return { ...store, headObject };
}

function isUnexplained({ facts: { status } }: StoreError): boolean {
  return status === 400 || status === 403;
}

async function askWithGet(store: ObjectStore, { bucket, key, versionId, headers }: HeadObjectInput): Promise<void> {
  try {
    await store.getFirstByte({ bucket, key, versionId, headers });
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    throw new StoreError({ ...error.facts, operation: "headObject" }, error);
  }
}
