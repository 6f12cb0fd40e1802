import { interceptCalls } from "./intercept-calls.js";
import type { ObjectStore } from "./object-store.js";
import type { Operation } from "./operations.js";
import { StoreError } from "./store-error.js";

/** The one place where any other error of a call, such as one in reading its answer, becomes a `StoreError`. */
export function ownErrors(store: ObjectStore): ObjectStore {
  return interceptCalls(store, async (operation, call) => {
    try {
      return await call();
    } catch (error) {
      throw error instanceof StoreError ? error : unreadableAnswer(operation, error);
    }
  });
}

/** Another attempt may be answered otherwise, as where a proxy answered this one. */
function unreadableAnswer(operation: Operation, thrown: unknown): StoreError {
  const { name, message } = thrown instanceof Error ? thrown : new Error(String(thrown));
  return new StoreError(
    {
      kind: "server-error",
      operation,
      status: null,
      code: "UnreadableAnswer",
      message: `the answer cannot be read (${name}: ${message})`,
      requestId: null,
    },
    thrown,
  );
}
