import type { ReplayStep } from "../journal/observation.js";
import type { OutcomeRecord } from "../journal/record.js";
import type { ObjectRef } from "../model/object.js";
import { VERSION_LEFT_WORDS } from "../model/reason.js";
import type { RunContext } from "../object/context.js";
import { processObject } from "../object/process-object.js";
import { StoreError, type StoreErrorKind } from "../store/store-error.js";
import { type Chain, type ChainState, compareChain } from "./chain.js";
import { makeEntry, recognise, type WayOfStep } from "./make-entry.js";
import { entriesOfKey, type ReadChain, readChain } from "./read-chain.js";
import { removeRepeated } from "./remove-version.js";
import { giveUp, interrupt, type ReplayEnd, recordOfReplay, type StopReason } from "./replay-outcome.js";

/** After these errors, the listing must show the outcome of a step. */
const LOOK_AGAIN: ReadonlySet<StoreErrorKind> = new Set([
  "precondition-failed",
  "out-of-range",
  "not-found",
  "conflict",
  "unreachable",
  "server-error",
  "throttled",
]);
const MAX_TRIES_OF_A_STEP = 3;

/**
 * Re-creates a chain, oldest entry first, and removes the originals once everything is re-created. Before
 * each step, the entries of the key are compared with the expected ones. If the chain cannot be completed,
 * its copies are removed again, so that no old content stays current.
 */
export async function replayChain(begun: Chain, context: RunContext): Promise<ReplayEnd> {
  let at: Position = { chain: begun, tries: 0, isUnsure: begun.isResumed, refusedWays: [] };
  for (;;) {
    const next = await advance(at, await stateOf(at.chain, context), context);
    if ("kind" in next) return next;
    at = next;
  }
}

interface Position {
  readonly chain: Chain;
  /** Attempts of the current step so far. */
  readonly tries: number;
  /** A step may have been carried out although its answer or journal line is missing. */
  readonly isUnsure: boolean;
  /**
   * Strategies that the store rejected for the current step as if somebody had written, although the entries
   * of the key were unchanged.
   */
  readonly refusedWays: readonly WayOfStep[];
}

async function advance(at: Position, state: ChainState, context: RunContext): Promise<Position | ReplayEnd> {
  const { chain } = at;
  if (state.kind === "complete") return { kind: "done", made: chain.made };
  if (state.kind === "foreign") {
    if (await removeRepeated(chain, state.extra, context)) return at;
    return giveUp(chain, context, { because: state.because, reason: "kept-changing" });
  }
  if (context.signal?.aborted) return interrupt(chain, context);
  if (state.kind === "remove") {
    const because = await removeOriginal(chain, state.versionId, context);
    return because === null ? at : { kind: "left", made: chain.made, because };
  }
  const stepped = await step(at, state, context);
  if (stepped.kind === "made") {
    return { chain: { ...chain, made: [...chain.made, stepped.step] }, tries: 0, isUnsure: false, refusedWays: [] };
  }
  if (stepped.kind === "failed") return giveUp(chain, context, stepped);
  const refusedWays = [...at.refusedWays, ...(stepped.refusedWay ? [stepped.refusedWay] : [])];
  if (at.tries + 1 < MAX_TRIES_OF_A_STEP) return { chain, tries: at.tries + 1, isUnsure: true, refusedWays };
  return giveUp(chain, context, { because: "one step kept failing", reason: "store-error" });
}

async function stateOf(chain: Chain, context: RunContext): Promise<ChainState> {
  const entries = await entriesOfKey(context.store, chain);
  const latest = entries.find(({ isLatest }) => isLatest)?.versionId ?? null;
  return compareChain(chain, { versionIds: new Set(entries.map(({ versionId }) => versionId)), latest });
}

type Stepped =
  | { readonly kind: "made"; readonly step: ReplayStep }
  | { readonly kind: "again"; readonly refusedWay?: WayOfStep | undefined }
  | {
      readonly kind: "failed";
      readonly because: string;
      readonly reason: StopReason;
      readonly versionId: string | null;
    };

async function step(
  { chain, isUnsure, refusedWays }: Position,
  state: Extract<ChainState, { kind: "make" | "unknown-on-top" }>,
  context: RunContext,
): Promise<Stepped> {
  const entry = chain.range[chain.made.length];
  if (entry === undefined) throw new Error("a chain has no entry left to make, and is not complete");
  const foreign = { kind: "failed", reason: "kept-changing", versionId: null } as const;
  try {
    if (state.kind === "unknown-on-top") {
      const known = isUnsure ? await recognise(chain, entry, state.versionId, context) : null;
      if (known === null) return { ...foreign, because: `version ${state.versionId} was written by someone else` };
      await context.journal.append(known);
      return { kind: "made", step: known };
    }
    const made = await makeEntry(chain, entry, context, refusedWays);
    if (made.kind === "unsettled") return { kind: "again", refusedWay: made.way };
    if (made.kind === "failed") {
      return { kind: "failed", because: made.detail, reason: "store-error", versionId: made.versionId };
    }
    await context.journal.append(made.step);
    return { kind: "made", step: made.step };
  } catch (error) {
    // An interrupted multipart copy stops between two parts.
    if (context.signal?.aborted) return { kind: "again" };
    if (!(error instanceof StoreError)) throw error;
    if (LOOK_AGAIN.has(error.kind)) return { kind: "again" };
    return { kind: "failed", because: error.message, reason: "store-error", versionId: null };
  }
}

/** Why it still exists, in words; `null` if it was removed. */
async function removeOriginal(chain: Chain, versionId: string, context: RunContext): Promise<string | null> {
  const { bucket, key } = chain;
  const lookAgain = async (delayed: boolean) => {
    const state = delayed ? await stateOf(chain, context) : null;
    return state === null || (state.kind === "remove" && state.versionId === versionId) ? null : "changed";
  };
  try {
    const guarded = await context.removals.remove({ bucket, key }, versionId, lookAgain);
    // The next look at the entries of the key will detect the change.
    if (guarded.kind === "removed" || guarded.kind === "kept") return null;
    if (guarded.kind === "stopped") return VERSION_LEFT_WORDS["removals-stopped"];
    return `the removal of version ${versionId} damaged the current object, ${guarded.detail}: nothing more is removed`;
  } catch (error) {
    if (error instanceof StoreError) return error.message;
    throw error;
  }
}

/**
 * Processes one object together with its noncurrent versions. If its history needs no re-creation, or must not be
 * re-created, the object is processed alone and the record gives the reason.
 */
export async function processChain(ref: ObjectRef, context: RunContext): Promise<OutcomeRecord | null> {
  const startedMs = performance.now();
  const { bucket, key } = ref;
  const read = await readOrRefuse(ref, context);
  if (read.kind !== "replay") {
    const record = await processObject(ref, context);
    const note = read.kind === "refuse" ? [`its history was not re-created: ${read.because}`] : [];
    return record === null ? null : { ...record, notes: [...record.notes, ...note] };
  }
  const capabilities = await context.capabilitiesOf(bucket);
  const begunAt = context.now();
  const { range, older } = read;
  await context.journal.append({ kind: "replay", bucket, key, range, older, at: begunAt.toISOString() });
  const chain: Chain = { bucket, key, range, older, made: [], begunAt, isResumed: false, capabilities };
  const end = await replayChain(chain, context);
  return recordOfReplay(chain, end, { startedMs, at: context.now() });
}

async function readOrRefuse({ bucket, key }: ObjectRef, context: RunContext): Promise<ReadChain> {
  const settings = context.settingsOf(bucket);
  if (settings?.versioning === "suspended") {
    return { kind: "refuse", because: "versioning is suspended, and a copy would replace the null version" };
  }
  if (settings?.versioning !== "enabled") return { kind: "nothing" };
  if (context.removals.isStopped) return { kind: "refuse", because: VERSION_LEFT_WORDS["removals-stopped"] };
  try {
    return await readChain({ bucket, key }, settings, context);
  } catch (error) {
    if (error instanceof StoreError) return { kind: "refuse", because: error.message };
    throw error;
  }
}
