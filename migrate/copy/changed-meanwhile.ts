import type { Operation } from "../store/operations.js";
import { StoreError } from "../store/store-error.js";

export const CHANGED_MEANWHILE = "ChangedMeanwhile";

/** As if a condition had failed: what was inspected is no longer what is there. */
export function changedMeanwhile(operation: Operation, message: string): StoreError {
  const known = { kind: "precondition-failed", status: 200, requestId: null } as const;
  return new StoreError({ ...known, operation, code: CHANGED_MEANWHILE, message });
}
