import type { ObjectStore } from "./object-store.js";
import { interceptCalls, OPERATIONS } from "./operations.js";
import { StoreError } from "./store-error.js";

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
