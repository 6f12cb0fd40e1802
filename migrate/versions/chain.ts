import type { RangeEntry, ReplayStep } from "../journal/observation.js";
import type { Capabilities } from "../model/capabilities.js";
import type { ObjectFacts } from "../model/object.js";
import type { Policy } from "../model/policy.js";
import { REASON_WORDS } from "../model/reason.js";
import { chooseStrategies, type Strategy } from "../plan/strategies.js";

/** A key whose history is being re-created, as far as the journal tells. */
export interface BegunChain {
  readonly bucket: string;
  readonly key: string;
  /** What is re-created and then removed, the oldest first. */
  readonly range: readonly RangeEntry[];
  readonly older: readonly string[];
  /** What was made so far, in that order. */
  readonly made: readonly ReplayStep[];
  /** When its line was written. */
  readonly begunAt: Date;
  /** An earlier session was killed in the middle of it. */
  readonly isResumed: boolean;
}

export interface Chain extends BegunChain {
  /** What the store can do, as known when this session took it up. */
  readonly capabilities: Capabilities;
}

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

/** The entries of one key as they are listed now. */
interface SeenEntries {
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
export function compareChain({ range, older, made }: BegunChain, { versionIds, latest }: SeenEntries): ChainState {
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

type GuardedChoice =
  | { readonly kind: "strategies"; readonly strategies: readonly Strategy[] }
  | { readonly kind: "refuse"; readonly because: string };

/** The ways of copying whose destination is conditional: without one an old version could bury what others write. Pure. */
export function guardedStrategies(facts: ObjectFacts, policy: Policy, capabilities: Capabilities): GuardedChoice {
  const choice = chooseStrategies(facts, policy, capabilities);
  if (choice.kind === "refuse") return { kind: "refuse", because: REASON_WORDS[choice.reason] };
  if (policy.race === "off") return choice;
  const strategies = choice.strategies.filter(({ guard }) => guard === "source-and-destination");
  if (strategies.length > 0) return { kind: "strategies", strategies };
  const because = "the store takes no condition on the destination of a copy (--race off does without)";
  return { kind: "refuse", because };
}
