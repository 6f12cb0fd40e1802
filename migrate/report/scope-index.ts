import type { Scope } from "../model/scope.js";

/** Finds what belongs to a scope, of any number of scopes, without looking at the other buckets' scopes. */
export interface ScopeIndex<T> {
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
