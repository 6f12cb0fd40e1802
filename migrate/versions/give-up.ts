import { RunError } from "../errors.js";
import type { Road } from "../object/context.js";
import { StoreError } from "../store/store-error.js";
import type { Chain } from "./chain.js";
import { entriesOfKey } from "./entries-of-key.js";
import type { ReplayEnd, StopReason } from "./replay-end.js";

/** Ends a chain in the middle, since the run is to stop. */
export async function interrupt(chain: Chain, road: Road): Promise<ReplayEnd> {
  // What is complete is left for the next session to end.
  if (chain.made.length < chain.range.length) await undo(chain, road, null);
  return { kind: "interrupted" };
}

interface Stop {
  readonly because: string;
  readonly reason: StopReason;
  /** Of what the step at hand made all the same. */
  readonly versionId?: string | null;
}

/** Ends a chain that cannot go on. */
export async function giveUp(
  chain: Chain,
  road: Road,
  { because, reason, versionId = null }: Stop,
): Promise<ReplayEnd> {
  // Once everything is made, what was there before may be gone: nothing more is touched.
  if (chain.made.length === chain.range.length) return { kind: "left", made: chain.made, because };
  await undo(chain, road, versionId);
  return { kind: "stopped", because, reason };
}

/**
 * Removes what this run made, by its ids and the newest first: copies of what is still there, and no others.
 *
 * @throws RunError where the store refuses: an old version may then be current
 */
async function undo(chain: Chain, { store }: Road, last: string | null): Promise<void> {
  const { bucket, key, made } = chain;
  const left = new Set((await entriesOfKey(store, chain)).map(({ versionId }) => versionId));
  const copies = made.filter(({ of }) => left.has(of)).map(({ versionId }) => versionId);
  const ids = [...(last === null ? [] : [last]), ...copies.toReversed()];
  try {
    for (const versionId of ids) await store.deleteObject({ bucket, key, versionId });
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    const what = `the history of "${key}" in bucket "${bucket}" was being re-created, and could not be put back`;
    throw new RunError(`${what} (${error.message}): go on with --resume, or delete its versions ${ids.join(", ")}`);
  }
}
