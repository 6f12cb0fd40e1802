import type { Scope } from "../model/scope.js";
import { indexScopes } from "../report/scope-index.js";
import { byteOrder } from "./byte-order.js";

const DIGITS = 8;

/** Where a key stands in a run, which goes through its scopes one after the other and through each in the order of keys; `null` where it is in none. */
export type ScopeOrder = (bucket: string, key: string) => string | null;

export function scopeOrder(scopes: readonly Scope[]): ScopeOrder {
  let next = 0;
  const index = indexScopes(scopes, () => next++);
  return (bucket, key) => {
    const at = index.owner(bucket, key);
    return at === undefined ? null : String(at).padStart(DIGITS, "0") + byteOrder(key);
  };
}
