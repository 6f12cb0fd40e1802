import { z } from "zod";
import { byteOrder } from "./key-order.js";

/** A part of a bucket that a run covers. An empty prefix means the whole bucket. */
export const scopeSchema = z.object({ bucket: z.string(), prefix: z.string() });
export type Scope = z.infer<typeof scopeSchema>;

const DIGITS = 8;

/**
 * A sort key for the position of an object in a run, which processes one scope after the other and each in
 * key order; `null` if the object is in no scope.
 */
type ScopeOrder = (bucket: string, key: string) => string | null;

export function scopeOrder(scopes: readonly Scope[]): ScopeOrder {
  let next = 0;
  const index = indexScopes(scopes, () => next++);
  return (bucket, key) => {
    const at = index.owner(bucket, key);
    return at === undefined ? null : prefixOf(at) + byteOrder(key);
  };
}

/** The sort key of a key as an object of this scope, whether there is such an object or not. */
export function orderWithin(scopes: readonly Scope[]): (scope: Scope, key: string) => string {
  let next = 0;
  const index = indexScopes(scopes, () => next++);
  return (scope, key) => prefixOf(index.exact(scope) ?? 0) + byteOrder(key);
}

function prefixOf(index: number): string {
  return String(index).padStart(DIGITS, "0");
}

/** Finds the entry for a scope, for any number of scopes, without searching the scopes of other buckets. */
interface ScopeIndex<T> {
  readonly all: readonly (readonly [Scope, T])[];
  /** The scope with exactly this bucket and prefix. */
  exact(scope: Scope): T | undefined;
  /** The scope of this bucket with the longest matching prefix. */
  owner(bucket: string, key: string): T | undefined;
}

export function indexScopes<T>(scopes: readonly Scope[], create: (scope: Scope) => T): ScopeIndex<T> {
  const all: (readonly [Scope, T])[] = [];
  const byBucket = new Map<string, (readonly [Scope, T])[]>();
  for (const { bucket, prefix } of scopes) {
    const siblings = byBucket.get(bucket) ?? [];
    if (siblings.some(([scope]) => scope.prefix === prefix)) {
      continue;
    }
    const entry = [{ bucket, prefix }, create({ bucket, prefix })] as const;
    all.push(entry);
    siblings.push(entry);
    siblings.sort(([a], [b]) => b.prefix.length - a.prefix.length);
    byBucket.set(bucket, siblings);
  }
  return {
    all,
    exact: ({ bucket, prefix }) => byBucket.get(bucket)?.find(([scope]) => scope.prefix === prefix)?.[1],
    owner: (bucket, key) => byBucket.get(bucket)?.find(([scope]) => key.startsWith(scope.prefix))?.[1],
  };
}
