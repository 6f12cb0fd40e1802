import { z } from "zod";
import { byteOrder } from "./key-order.js";

/** A part of a bucket that a run covers; an empty prefix is the whole bucket. */
export const scopeSchema = z.object({ bucket: z.string(), prefix: z.string() });
export type Scope = z.infer<typeof scopeSchema>;

const DIGITS = 8;

/** Where a key stands in a run, which goes through its scopes one after the other and through each in the order of keys; `null` where it is in none. */
type ScopeOrder = (bucket: string, key: string) => string | null;

export function scopeOrder(scopes: readonly Scope[]): ScopeOrder {
  let next = 0;
  const index = indexScopes(scopes, () => next++);
  return (bucket, key) => {
    const at = index.owner(bucket, key);
    return at === undefined ? null : String(at).padStart(DIGITS, "0") + byteOrder(key);
  };
}

/** Finds what belongs to a scope, of any number of scopes, without looking at the other buckets' scopes. */
interface ScopeIndex<T> {
  readonly all: readonly (readonly [Scope, T])[];
  /** The scope that was listed under exactly this name. */
  exact(scope: Scope): T | undefined;
  /** The scope whose bucket matches and whose prefix is the longest that the key begins with. */
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
