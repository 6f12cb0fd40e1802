import type { RangeEntry, ReplayStep } from "../journal/observation.js";
import type { Capabilities } from "../model/capabilities.js";
import { activeLock, type ObjectFacts, type ObjectLock } from "../model/object.js";
import type { Policy } from "../model/policy.js";
import { REASON_WORDS } from "../model/reason.js";
import type { RunContext } from "../object/context.js";
import { observe } from "../object/object-result.js";
import { chooseStrategies, type Strategy } from "../plan/strategies.js";

/** A key whose history is being re-created, as far as the journal tells. */
export interface BegunChain {
  readonly bucket: string;
  readonly key: string;
  /** The entries that are re-created and then removed, oldest first. */
  readonly range: readonly RangeEntry[];
  readonly older: readonly string[];
  /** The copies created so far, in the same order. */
  readonly made: readonly ReplayStep[];
  /** When its journal line was written. */
  readonly begunAt: Date;
  /** The session or the process that began it was killed during it. */
  readonly isResumed: boolean;
}

export interface Chain extends BegunChain {
  /** The capabilities of the store, as known when this session began or resumed the chain. */
  readonly capabilities: Capabilities;
}

/** The facts about one entry of a key's history that the plan needs. */
export type PlannedEntry =
  | { readonly kind: "delete-marker"; readonly versionId: string }
  | {
      readonly kind: "version";
      readonly versionId: string;
      readonly isPlaintext: boolean;
      /**
       * Why it cannot be copied, or why its original could not be removed; `null` if there is no obstacle.
       */
      readonly obstacle: string | null;
    };

export type ChainPlan =
  /** Nothing needs to be, or may be, re-created. */
  | { readonly kind: "nothing" }
  | { readonly kind: "refuse"; readonly because: string }
  /**
   * `range`: the entries that are re-created and then removed, oldest first. `older`: the entries that stay.
   */
  | { readonly kind: "replay"; readonly range: readonly PlannedEntry[]; readonly older: readonly string[] };

/** The most entries of a key, because each step examines all of them. */
export const MAX_CHAIN = 1000;

/**
 * Re-creates everything from the oldest plaintext version upward, so that the order is preserved. If the
 * newest entry of a key is a delete marker, the key is left alone, because its newest copy would restore the
 * object. Pure.
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

/** The currently listed entries of one key. */
interface SeenEntries {
  readonly versionIds: ReadonlySet<string>;
  /** `null` if the key has none. */
  readonly latest: string | null;
}

export type ChainState =
  /** All is as expected. The next entry is to be created. */
  | { readonly kind: "make" }
  /** There is one more entry on top: ours, if its answer or journal line was lost, or somebody else's. */
  | { readonly kind: "unknown-on-top"; readonly versionId: string }
  /** Everything is re-created. The originals are being removed, this one next. */
  | { readonly kind: "remove"; readonly versionId: string }
  | { readonly kind: "complete" }
  /** `extra`: entries of unknown origin. */
  | { readonly kind: "foreign"; readonly because: string; readonly extra: readonly string[] };

/** The progress of a chain according to the listed entries of its key. Pure. */
export function compareChain({ range, older, made }: BegunChain, { versionIds, latest }: SeenEntries): ChainState {
  const originals = range.map(({ versionId }) => versionId);
  const ours = made.map(({ versionId }) => versionId);
  const known = new Set([...originals, ...older, ...ours]);
  const extra = [...versionIds].filter((versionId) => !known.has(versionId));
  const isAllMade = made.length === range.length;
  // Once an entry is re-created, its original may also be removed by others, such as a lifecycle rule.
  const needed = [...ours, ...originals.slice(made.length)];
  const gone = needed.find((versionId) => !versionIds.has(versionId));
  if (gone !== undefined) return { kind: "foreign", because: `its version ${gone} is gone`, extra };
  const [unknown] = extra;
  if (unknown !== undefined) {
    if (!isAllMade && extra.length === 1 && latest === unknown) return { kind: "unknown-on-top", versionId: unknown };
    return { kind: "foreign", because: `version ${unknown} was written by someone else`, extra };
  }
  const top = ours.at(-1) ?? originals.at(-1) ?? null;
  if (latest !== top) return { kind: "foreign", because: `version ${latest} is the newest, but should not be`, extra };
  if (!isAllMade) return { kind: "make" };
  const next = originals.find((versionId) => versionIds.has(versionId));
  return next === undefined ? { kind: "complete" } : { kind: "remove", versionId: next };
}

interface MadeVersion {
  readonly bucket: string;
  readonly key: string;
  readonly of: string;
  readonly versionId: string;
  readonly after: ObjectFacts | null;
}

interface StepDetails extends Partial<Pick<ReplayStep, "strategy" | "guard" | "notes">> {
  readonly context: Pick<RunContext, "now">;
  readonly requestIds?: readonly (string | null)[];
}

/** The journal line of an entry that was created. */
export function stepOf({ after, ...made }: MadeVersion, how: StepDetails): ReplayStep {
  const { context, strategy = null, guard = null, notes = [] } = how;
  const observed = after === null ? null : { ...observe(after), versionId: made.versionId };
  const requestIds = (how.requestIds ?? []).filter((id) => id !== null);
  return {
    kind: "replay-step",
    ...made,
    after: observed,
    strategy,
    guard,
    requestIds,
    notes,
    at: context.now().toISOString(),
  };
}

/** The ETag of the current object, given the progress of the chain. */
export function currentEtag({ made, range }: Chain): string | null {
  const last = made.at(-1);
  if (last !== undefined) return last.after?.etag ?? null;
  const newest = range.at(-1);
  return newest?.kind === "version" ? newest.before.etag : null;
}

type GuardedChoice =
  | { readonly kind: "strategies"; readonly strategies: readonly Strategy[] }
  | { readonly kind: "refuse"; readonly because: string };

/**
 * The copy strategies with a conditional destination. Without a condition, an old version could overwrite a
 * client's write. Pure.
 */
export function guardedStrategies(facts: ObjectFacts, policy: Policy, capabilities: Capabilities): GuardedChoice {
  const choice = chooseStrategies(facts, policy, capabilities);
  if (choice.kind === "refuse") return { kind: "refuse", because: REASON_WORDS[choice.reason] };
  if (policy.race === "off") return choice;
  const strategies = choice.strategies.filter(({ guard }) => guard === "source-and-destination");
  if (strategies.length > 0) return { kind: "strategies", strategies };
  const because = "the store supports no condition on the destination of a copy (--race off needs none)";
  return { kind: "refuse", because };
}

/** A lock that prevents the removal of a version. */
export interface VersionLock {
  /** When it ends; `null` for a legal hold, which has no end. */
  readonly until: string | null;
  readonly words: string;
}

/** `null` if nothing locks it. Pure. */
export function lockOf(lock: ObjectLock, now: Date): VersionLock | null {
  const { mode, retainUntil, legalHold } = activeLock(lock, now);
  if (legalHold === "ON") {
    return { until: null, words: "cannot comply before its legal hold is lifted, which has no date" };
  }
  if (mode === null || retainUntil === null) return null;
  const until = toMilliseconds(retainUntil);
  return { until, words: `cannot comply before ${until} (retention ${mode})` };
}

/** Ceph writes nine fractional digits, more than the reader of a report needs. */
function toMilliseconds(date: string): string {
  return date.replace(/(\.\d{3})\d+/, "$1");
}
