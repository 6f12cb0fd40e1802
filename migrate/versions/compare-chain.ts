import type { Chain } from "./chain.js";

/** The entries of one key as they are listed now. */
export interface SeenEntries {
  readonly versionIds: ReadonlySet<string>;
  /** `null` where the key has none. */
  readonly latest: string | null;
}

export type ChainState =
  /** All is as expected, and the next entry is to be made. */
  | { readonly kind: "make" }
  /** One entry more than was made, on top: ours whose answer or line was lost, or somebody else's. */
  | { readonly kind: "unknown-on-top"; readonly versionId: string }
  /** Everything is made: what stood there before goes, this one next. */
  | { readonly kind: "remove"; readonly versionId: string }
  | { readonly kind: "complete" }
  /** `extra`: entries that are there and nobody knows of. */
  | { readonly kind: "foreign"; readonly because: string; readonly extra: readonly string[] };

/** Where a chain stands, by what is listed of its key. Pure. */
export function compareChain({ range, older, made }: Chain, { versionIds, latest }: SeenEntries): ChainState {
  const originals = range.map(({ versionId }) => versionId);
  const ours = made.map(({ versionId }) => versionId);
  const known = new Set([...originals, ...older, ...ours]);
  const extra = [...versionIds].filter((versionId) => !known.has(versionId));
  const isAllMade = made.length === range.length;
  // Of what is made already somebody else, such as a lifecycle rule, may remove what stood there before.
  const needed = [...ours, ...originals.slice(made.length)];
  const gone = needed.find((versionId) => !versionIds.has(versionId));
  if (gone !== undefined) return { kind: "foreign", because: `its version ${gone} is gone`, extra };
  const [unknown] = extra;
  if (unknown !== undefined) {
    if (!isAllMade && extra.length === 1 && latest === unknown) return { kind: "unknown-on-top", versionId: unknown };
    return { kind: "foreign", because: `version ${unknown} was written by someone else`, extra };
  }
  const top = ours.at(-1) ?? originals.at(-1) ?? null;
  if (latest !== top) return { kind: "foreign", because: `version ${latest} is the newest, and should not be`, extra };
  if (!isAllMade) return { kind: "make" };
  const next = originals.find((versionId) => versionIds.has(versionId));
  return next === undefined ? { kind: "complete" } : { kind: "remove", versionId: next };
}
