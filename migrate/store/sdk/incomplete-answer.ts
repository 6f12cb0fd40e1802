import type { Operation } from "../operations.js";
import { StoreError } from "../store-error.js";

/** A 200 without its result: the page of a proxy, or an answer that was cut. It proves nothing, and may be asked again. */
export function incompleteAnswer(operation: Operation, missing: string): StoreError {
  const message = `the answer holds no ${missing}`;
  const code = "IncompleteAnswer";
  return new StoreError({ kind: "server-error", operation, status: 200, code, message, requestId: null });
}
