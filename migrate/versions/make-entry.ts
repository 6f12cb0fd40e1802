import type { RangeEntry, ReplayStep } from "../journal/observation.js";
import type { Capabilities } from "../model/capabilities.js";
import type { ObjectFacts } from "../model/object.js";
import { REASON_WORDS, type StrategyName } from "../model/reason.js";
import { carriedNotes, inspectCarried } from "../object/carried.js";
import type { RunContext } from "../object/context.js";
import { type CopyResult, copyInPlace } from "../object/copy.js";
import { othersFirst } from "../object/copy-and-verify.js";
import type { CopyJob } from "../object/copy-job.js";
import { inspect } from "../object/inspect.js";
import type { RefusedWay } from "../object/object-result.js";
import { carriedDifference, readBack } from "../object/read-back.js";
import { verifyCopy, withAskedClass } from "../plan/verify-copy.js";
import { StoreError } from "../store/store-error.js";
import { type Chain, currentEtag, guardedStrategies, stepOf } from "./chain.js";
import { entriesOfKey } from "./read-chain.js";

/** A copy strategy that the store rejected with the same error as for a concurrent write. */
export type WayOfStep = Pick<RefusedWay, "strategy">;

type MadeEntry =
  | { readonly kind: "made"; readonly step: ReplayStep }
  /**
   * The listing must decide: the answer named no version, or this strategy was rejected as if somebody had
   * written.
   */
  | { readonly kind: "unsettled"; readonly way?: WayOfStep }
  /** `versionId`: a version that was created anyway but is not correct. */
  | { readonly kind: "failed"; readonly detail: string; readonly versionId: string | null };

/** Creates the next entry of a chain on top of its key, and verifies that it is identical and encrypted. */
export async function makeEntry(
  chain: Chain,
  entry: RangeEntry,
  context: RunContext,
  refusedWays: readonly WayOfStep[] = [],
): Promise<MadeEntry> {
  const { bucket, key } = chain;
  if (entry.kind === "delete-marker") {
    const { versionId, requestId } = await context.store.addDeleteMarker({ bucket, key });
    const made = { bucket, key, of: entry.versionId, versionId: versionId ?? "", after: null };
    return versionId === null
      ? { kind: "unsettled" }
      : { kind: "made", step: stepOf(made, { context, requestIds: [requestId] }) };
  }
  const facts = await factsOf(chain, entry, context);
  return facts === null
    ? { kind: "failed", detail: `its version ${entry.versionId} has changed`, versionId: null }
    : copyVersion(chain, facts, context, refusedWays);
}

/**
 * The facts of a version in the range; `null` if it no longer exists, or if its ID belongs to another
 * version.
 */
async function factsOf(
  { bucket, key, capabilities }: Chain,
  { versionId, before }: Extract<RangeEntry, { kind: "version" }>,
  context: RunContext,
): Promise<ObjectFacts | null> {
  const seen = await inspect(context.store, { bucket, key, versionId }, capabilities);
  if (seen.kind === "failed") throw seen.error;
  if (seen.kind !== "found" || seen.facts.etag !== before.etag) return null;
  return { ...withAskedClass(seen.facts, context.policy), versionId };
}

async function copyVersion(
  chain: Chain,
  facts: ObjectFacts,
  context: RunContext,
  refusedWays: readonly WayOfStep[],
): Promise<MadeEntry> {
  const choice = guardedStrategies(facts, context.policy, chain.capabilities);
  if (choice.kind === "refuse") return { kind: "failed", detail: choice.because, versionId: null };
  const begun: StrategyName[] = [];
  const job: CopyJob = {
    context,
    store: context.store,
    capabilities: chain.capabilities,
    facts,
    strategies: othersFirst(choice.strategies, refusedWays),
    onto: { etag: currentEtag(chain) },
    beforeCopy: (strategy) => context.beforeCopy(facts.bucket, strategy, null),
    onBegun: async ({ strategy }) => void begun.push(strategy),
  };
  const result = await copyOnto(job, begun);
  if (result.kind === "unsettled") return result;
  if (result.kind === "refused") {
    return { kind: "failed", detail: `${REASON_WORDS[result.reason]}: ${result.detail}`, versionId: null };
  }
  return verifyEntry(job, result, context);
}

/** Reads the copy of a version back, and compares it with the version. */
async function verifyEntry(
  job: CopyJob,
  { copied, carried, strategy, notes }: Extract<CopyResult, { kind: "copied" }>,
  context: RunContext,
): Promise<MadeEntry> {
  const { facts } = job;
  const { versionId } = copied;
  if (versionId === null) return { kind: "unsettled" };
  const seen = await readBack(job, carried, copied);
  if (seen.kind === "failed") throw seen.error;
  if (seen.kind === "replaced") return { kind: "failed", detail: "its copy differs from what was copied", versionId };
  const { after, verification } = seen;
  if (verification.kind !== "same") {
    await context.stopWay?.(
      facts.bucket,
      strategy,
      verification.kind === "differs" ? verification.lost : ["encryption"],
    );
    return { kind: "failed", detail: verification.detail, versionId };
  }
  const { difference, notes: gone } = await carriedDifference(job.store, after, carried);
  if (difference !== null) return { kind: "failed", detail: difference, versionId };
  const made = { bucket: facts.bucket, key: facts.key, of: facts.versionId ?? "", versionId, after };
  const all = [...notes, ...verification.notes, ...gone, ...carriedNotes(carried)];
  const requestIds = [facts.requestId, copied.requestId, after.requestId];
  return { kind: "made", step: stepOf(made, { context, strategy, guard: copied.guard, requestIds, notes: all }) };
}

/** `begun`: the strategies that were tried. */
async function copyOnto(
  job: CopyJob,
  begun: readonly StrategyName[],
): Promise<CopyResult | Extract<MadeEntry, { kind: "unsettled" }>> {
  try {
    return await copyInPlace(job);
  } catch (error) {
    const isAsIfChanged = error instanceof StoreError && error.kind === "precondition-failed";
    const strategy = begun.at(-1);
    if (isAsIfChanged && strategy !== undefined) return { kind: "unsettled", way: { strategy } };
    throw error;
  }
}

/** How far this machine's clock may differ from the store's. */
const CLOCKS_DIFFER_MS = 5 * 60_000;

/**
 * Identifies a version on top of a chain for which no answer or journal line exists. Returns its step if the
 * version is identical to the next entry, encrypted, and not older than the chain's own line. Returns `null`
 * if it may be somebody else's.
 */
export async function recognise(
  chain: Chain,
  entry: RangeEntry,
  versionId: string,
  context: RunContext,
): Promise<ReplayStep | null> {
  const { bucket, key } = chain;
  const listed = (await entriesOfKey(context.store, chain)).find((seen) => seen.versionId === versionId);
  if (listed === undefined || listed.kind !== entry.kind) return null;
  if (Date.parse(listed.lastModified) < chain.begunAt.getTime() - CLOCKS_DIFFER_MS) return null;
  const made = { bucket, key, of: entry.versionId, versionId };
  const notes = ["its answer or its journal line was lost: recognized by its content and position"];
  if (entry.kind === "delete-marker") return stepOf({ ...made, after: null }, { context, notes });
  const source = await factsOf(chain, entry, context);
  if (source === null) return null;
  const seen = await inspect(context.store, { bucket, key, versionId }, chain.capabilities);
  if (seen.kind === "failed") throw seen.error;
  if (seen.kind !== "found") return null;
  const choice = guardedStrategies(source, context.policy, chain.capabilities);
  const [likely] = choice.kind === "strategies" ? choice.strategies : [];
  const how = { strategy: likely?.name ?? "copy", guard: likely?.guard ?? "source" } as const;
  // The headers that an earlier session sent with the copy depend on the copy's owner.
  const ownerOfWrites = (await context.beforeCopy(bucket, how.strategy, null))?.ownerOfWrites ?? null;
  const capabilities = { ...chain.capabilities, ownerOfWrites: ownerOfWrites ?? chain.capabilities.ownerOfWrites };
  if (!(await isCopyOf(source, seen.facts, capabilities, context))) return null;
  return stepOf({ ...made, after: { ...seen.facts, versionId } }, { context, ...how, notes });
}

async function isCopyOf(
  source: ObjectFacts,
  after: ObjectFacts,
  capabilities: Capabilities,
  { store, policy }: RunContext,
): Promise<boolean> {
  const inParts = [source.etag, after.etag].some((etag) => etag.includes("-"));
  if (source.etag !== after.etag && !inParts) return false;
  if (verifyCopy(source, after, policy.target).kind !== "same") return false;
  const inspection = await inspectCarried(store, source, "copy-multipart", { capabilities, policy });
  return inspection.kind === "found" && (await carriedDifference(store, after, inspection.carried)).difference === null;
}
