/** What matters of one entry of a key's history when it is planned. */
export type PlannedEntry =
  | { readonly kind: "delete-marker"; readonly versionId: string }
  | {
      readonly kind: "version";
      readonly versionId: string;
      readonly isPlaintext: boolean;
      /** Why it cannot be copied, or what stood there before could not be removed; `null` where nothing is in the way. */
      readonly obstacle: string | null;
    };

export type ChainPlan =
  /** Nothing to re-create, or nothing that may be. */
  | { readonly kind: "nothing" }
  | { readonly kind: "refuse"; readonly because: string }
  /** `range`: what is re-created and then removed, the oldest first. `older` stays as it is. */
  | { readonly kind: "replay"; readonly range: readonly PlannedEntry[]; readonly older: readonly string[] };

/** How many entries a key may have: each step looks at all of them. */
export const MAX_CHAIN = 1000;

/**
 * From the oldest version in plaintext upward everything is re-created, so that the order stays. A key whose newest entry is
 * a delete marker is left alone: its newest copy would revive it. Pure.
 */
export function planChain(newestFirst: readonly PlannedEntry[]): ChainPlan {
  const [newest] = newestFirst;
  if (newest === undefined || newest.kind === "delete-marker") return { kind: "nothing" };
  const oldest = newestFirst.findLastIndex((entry) => entry.kind === "version" && entry.isPlaintext);
  if (oldest === -1) return { kind: "nothing" };
  if (newestFirst.length > MAX_CHAIN) {
    return { kind: "refuse", because: `it has more than ${MAX_CHAIN} versions and delete markers` };
  }
  const range = newestFirst.slice(0, oldest + 1).toReversed();
  for (const entry of range) {
    if (entry.kind === "version" && entry.obstacle !== null) {
      return { kind: "refuse", because: `its version ${entry.versionId} ${entry.obstacle}` };
    }
  }
  return { kind: "replay", range, older: newestFirst.slice(oldest + 1).map(({ versionId }) => versionId) };
}
