import { RunError } from "../errors.js";
import type { RangeEntry, ReplayStep } from "../journal/observation.js";
import type { OutcomeRecord } from "../journal/record.js";
import { countOf } from "../model/text.js";
import type { RunContext } from "../object/context.js";
import { StoreError } from "../store/store-error.js";
import type { Chain } from "./chain.js";
import { entriesOfKey } from "./read-chain.js";

interface Timing {
  readonly startedMs: number;
  readonly at: Date;
}

/** The outcome of a key whose history was to be re-created; `null` if a later session continues it. Pure. */
export function recordOfReplay(chain: Chain, end: ReplayEnd, { startedMs, at }: Timing): OutcomeRecord | null {
  const newest = chain.range.at(-1);
  if (end.kind === "interrupted" || newest?.kind !== "version") return null;
  const common = {
    kind: "outcome" as const,
    bucket: chain.bucket,
    key: chain.key,
    before: newest.before,
    attempts: 1,
    durationMs: Math.max(0, Math.round(performance.now() - startedMs)),
    requestIds: [...(lastStepOf(end)?.requestIds ?? [])],
    at: at.toISOString(),
  };
  if (end.kind === "stopped") {
    const detail = `its history was not re-created, and is as it was: ${end.because}`;
    const outcome = { kind: "failed" as const, reason: end.reason, detail };
    return { ...common, after: null, decision: { kind: "none", reason: end.reason }, outcome, notes: [] };
  }
  const last = end.made.at(-1);
  return {
    ...common,
    after: last?.after ?? null,
    ...outcomeOf(newest, last),
    notes: [...new Set([...end.made.flatMap(({ notes }) => notes), ...wordsOf(chain, end)])],
    replayed: pairsOf(chain, end.made),
  };
}

/** The copy of the newest entry. */
function lastStepOf(end: ReplayEnd): ReplayStep | undefined {
  return end.kind === "done" || end.kind === "left" ? end.made.at(-1) : undefined;
}

function outcomeOf(newest: Extract<RangeEntry, { kind: "version" }>, last: ReplayStep | undefined) {
  if (newest.before.state !== "none") {
    const decision = { kind: "skip" as const, reason: "sse-s3" as const };
    return { decision, outcome: { kind: "already-encrypted" as const, reason: "sse-s3" as const } };
  }
  const strategy = last?.strategy ?? "copy";
  const decision = { kind: strategy, reason: "unencrypted" as const };
  return { decision, outcome: { kind: "migrated" as const, strategy, guard: last?.guard ?? "source" } };
}

function wordsOf({ range }: Chain, end: Extract<ReplayEnd, { kind: "done" | "left" }>): string[] {
  const markers = range.filter(({ kind }) => kind === "delete-marker").length;
  const what = `its history was re-created: ${countOf(range.length - markers, "version")} and ${countOf(markers, "delete marker")}`;
  return [what, ...(end.kind === "left" ? [`not all versions from before were removed: ${end.because}`] : [])];
}

/** The noncurrent versions. The newest one is the record's own `before` and `after`. */
function pairsOf({ range }: Chain, made: readonly ReplayStep[]): NonNullable<OutcomeRecord["replayed"]> {
  return range.slice(0, -1).flatMap((entry, index) => {
    const step = made[index];
    if (entry.kind !== "version" || step === undefined || step.after === null) return [];
    const { after, strategy, guard, requestIds = [] } = step;
    return [{ before: entry.before, after, strategy, guard, requestIds: [...requestIds] }];
  });
}

/** Ends a chain early because the run must stop. */
export async function interrupt(chain: Chain, context: RunContext): Promise<ReplayEnd> {
  // If all copies exist, the next session finishes the chain.
  if (chain.made.length < chain.range.length) await undo(chain, context, null);
  return { kind: "interrupted" };
}

interface Stop {
  readonly because: string;
  readonly reason: StopReason;
  /** The version that the current step created anyway. */
  readonly versionId?: string | null;
}

/** Ends a chain that cannot continue. */
export async function giveUp(
  chain: Chain,
  context: RunContext,
  { because, reason, versionId = null }: Stop,
): Promise<ReplayEnd> {
  // Once all copies exist, the originals may be gone, so nothing more is changed.
  if (chain.made.length === chain.range.length) return { kind: "left", made: chain.made, because };
  await undo(chain, context, versionId);
  return { kind: "stopped", because, reason };
}

/**
 * Removes this run's copies by their IDs, newest first, but only those whose originals still exist.
 *
 * @throws RunError if the store rejects the removal: an old version may then be current
 */
async function undo(chain: Chain, { store }: RunContext, last: string | null): Promise<void> {
  const { bucket, key, made } = chain;
  const left = new Set((await entriesOfKey(store, chain)).map(({ versionId }) => versionId));
  const copies = made.filter(({ of }) => left.has(of)).map(({ versionId }) => versionId);
  const ids = [...(last === null ? [] : [last]), ...copies.toReversed()];
  try {
    for (const versionId of ids) await store.deleteObject({ bucket, key, versionId });
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    const what = `the history of "${key}" in bucket "${bucket}" was being re-created, but could not be restored`;
    throw new RunError(`${what} (${error.message}): continue with --resume, or delete its versions ${ids.join(", ")}`);
  }
}

export type StopReason = "kept-changing" | "store-error";

export type ReplayEnd =
  | { readonly kind: "done"; readonly made: readonly ReplayStep[] }
  /** Everything is re-created, but some originals remain. */
  | { readonly kind: "left"; readonly made: readonly ReplayStep[]; readonly because: string }
  /** The copies were removed again. */
  | { readonly kind: "stopped"; readonly because: string; readonly reason: StopReason }
  | { readonly kind: "interrupted" };
