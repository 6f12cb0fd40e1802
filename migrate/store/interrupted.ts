import type { Operation } from "./operations.js";
import { StoreError } from "./store-error.js";

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
