import { OPERATIONS } from "../store/operations.js";
import type { StoreError } from "../store/store-error.js";

/** As AWS names the one that is missing. */
export const NAMED = /\bs3:[A-Z][A-Za-z]+/g;

/** The actions that a refused call needs: the one that the store names, else all. None where rights are not what it lacked. */
export function rightsOf({ kind, facts: { operation, message } }: StoreError): readonly string[] {
  if (kind !== "access-denied") return [];
  return message.match(NAMED) ?? OPERATIONS[operation].actions;
}
