import { distinctKeys } from "../keys/customer-key.js";
import type { Capabilities } from "../model/capabilities.js";
import { activeLock, type ObjectFacts, type ObjectRef } from "../model/object.js";
import type { RefuseReason } from "../model/reason.js";
import { type Decision, plan, skipDecision } from "../plan/plan.js";
import { type Strategy, staysInPlace } from "../plan/strategies.js";
import { withAskedClass } from "../plan/verify-copy.js";
import type { ObjectStore } from "../store/object-store.js";
import { StoreError } from "../store/store-error.js";
import type { BucketSettings, RunContext } from "./context.js";
import { copyAndVerify, refusedForItsSignature } from "./copy-and-verify.js";
import type { EarlyAcl } from "./early-acl.js";
import { inspect } from "./inspect.js";
import { landedBefore, withAge } from "./lost-answer.js";
import {
  type AttemptResult,
  type EarlierAttempts,
  failed,
  isLongWait,
  type ObjectResult,
  type RefusedWay,
  refused,
  resultOfDecision,
  resultOfError,
  resultOfInspection,
  resultOfNotFound,
} from "./object-result.js";

/** Inspects, plans, copies and verifies one object, once. */
export function attempt(ref: ObjectRef, context: RunContext, earlier: EarlierAttempts): Promise<AttemptResult> {
  const { bucket, key } = ref;
  const { store, mode, earlyAcls } = context;
  if (mode !== "migrate") return attemptWith(ref, context, earlier);
  return earlyAcls.during(
    store,
    { bucket, key },
    (early) => attemptWith(ref, context, earlier, early),
    earlier.needsAcl,
  );
}

async function attemptWith(
  ref: ObjectRef,
  context: RunContext,
  { copy, refusedWays }: EarlierAttempts,
  earlyAcl?: EarlyAcl,
): Promise<AttemptResult> {
  const { bucket, key } = ref;
  const given = context.keys.keysFor(key);
  const wanted = context.policy.target.customerKey;
  const keys = wanted === null ? given : distinctKeys([...given, wanted]);
  const listed = ref.isListed === false ? undefined : ref;
  const inspection = await inspect(context.store, { bucket, key, listed }, context.capabilities, keys);
  if (inspection.kind === "vanished") return attemptVanished(ref, context);
  if (inspection.kind === "failed" && (await refusedForItsSignature(inspection.error, bucket, context.store))) {
    const seen = resultOfInspection(ref, inspection);
    const outcome = failed("signature-refused", inspection.error.message);
    return done({ ...seen, decision: { kind: "none", reason: "signature-refused" }, outcome });
  }
  if (inspection.kind !== "found") return done(resultOfInspection(ref, inspection, given.length > 0));
  const facts = withAskedClass(withAskedKey(inspection.facts, context), context.policy);
  try {
    const landed = copy === undefined ? null : await landedBefore(copy, facts, context);
    earlyAcl?.seen(facts, inspection.answeredAt ?? null);
    return landed === null ? await attemptFound(facts, context, refusedWays, earlyAcl) : done(landed);
  } catch (error) {
    if (error instanceof StoreError)
      return resultOfError(error, resultOfDecision(facts, NOTHING_DECIDED, context.mode));
    throw error;
  }
}

/** The KMS key of an object is recorded only if the run encrypts under a KMS key. */
function withAskedKey(facts: ObjectFacts, { policy: { target } }: RunContext): ObjectFacts {
  if (target.kmsKey !== null || facts.kmsKeyId === undefined) return facts;
  const { kmsKeyId: _kmsKeyId, ...others } = facts;
  return others;
}

const NOTHING_DECIDED = { kind: "none", reason: "store-error" } as const;

async function attemptFound(
  facts: ObjectFacts,
  context: RunContext,
  refusedWays: readonly RefusedWay[],
  earlyAcl: EarlyAcl | undefined,
): Promise<AttemptResult> {
  const { policy, mode } = context;
  const skipped = skipDecision(facts, policy);
  if (skipped !== null) return done(withAge(resultOfDecision(facts, skipped, mode), facts, context));
  if (mode === "audit") return done(resultOfDecision(facts, plan(facts, policy, context.capabilities), mode));
  const known = context.capabilitiesOf(facts.bucket, facts);
  const hasWaited = await isLongWait(known);
  const capabilities = await known;
  const decision = plan(facts, policy, capabilities);
  if (hasWaited) return waitedFor(facts, decision, { capabilities, earlyAcl }, context);
  const draft = resultOfDecision(facts, decision, mode);
  if (decision.kind !== "encrypt") return done(draft);
  try {
    const settings = context.settingsOf(facts.bucket);
    const hazard = isHarmless(facts, settings) ? null : await copyHazard(context.store, facts, settings);
    const strategies = hazard === null ? decision.strategies : decision.strategies.filter((way) => isSafe(way, hazard));
    if (hazard !== null && strategies.length === 0) return done(refused(draft, hazard));
    if (mode === "dry-run") return done(draft);
    return await copyAndVerify({ facts, capabilities, strategies, earlyAcl }, draft, context, refusedWays);
  } catch (error) {
    if (error instanceof StoreError) return resultOfError(error, draft);
    throw error;
  }
}

/**
 * Waits for the test object of the way that an object is likely to go, too: that would be the next long wait, and the
 * object would have to be looked at once more.
 */
async function waitedFor(
  facts: ObjectFacts,
  decision: Decision,
  { capabilities, earlyAcl }: { readonly capabilities: Capabilities; readonly earlyAcl: EarlyAcl | undefined },
  { mode, beforeCopy, settingsOf }: RunContext,
): Promise<AttemptResult> {
  const [way] = decision.kind === "encrypt" && mode === "migrate" ? decision.strategies : [];
  if (way === undefined) return { kind: "waited", needsAcl: false };
  await beforeCopy(facts.bucket, way.name, facts.customerKey);
  const isCopied = !staysInPlace(way.name) && isHarmless(facts, settingsOf(facts.bucket));
  return { kind: "waited", needsAcl: isCopied && capabilities.objectAcl && earlyAcl?.counts === true };
}

/**
 * An update replaces no version. A bucket that locks new objects has no test object either, which alone shows that an
 * update works.
 */
function isSafe({ name }: Strategy, hazard: RefuseReason): boolean {
  return hazard === "would-replace-null-version" && staysInPlace(name);
}

/** No setting of the bucket gives a copy other effects than on a bucket without versions and locks. */
function isHarmless({ versionId }: ObjectFacts, settings: BucketSettings | undefined): boolean {
  return settings?.objectLock !== "locks-by-default" && (versionId === null || versionId === "null");
}

/**
 * The permanent harm that a copy would do because of the bucket's settings: it would lock an unlocked object
 * or destroy a noncurrent version. `null` if it would do neither.
 */
async function copyHazard(
  store: ObjectStore,
  facts: ObjectFacts,
  settings: BucketSettings | undefined,
): Promise<RefuseReason | null> {
  const isFree = activeLock(facts.lock, new Date()).mode === null;
  if (settings?.objectLock === "locks-by-default" && isFree) return "would-be-locked";
  // If versioning is suspended (or unreadable, so it may be), a write replaces the existing null version.
  const hasName = facts.versionId !== null && facts.versionId !== "null";
  const maySuspend = settings?.versioning === "suspended" || settings?.versioning === "unreadable";
  const replacesNull = maySuspend && hasName;
  return replacesNull && (await hasNullVersion(store, facts)) ? "would-replace-null-version" : null;
}

async function hasNullVersion(store: ObjectStore, { bucket, key }: ObjectFacts): Promise<boolean> {
  try {
    await store.headObject({ bucket, key, versionId: "null" });
    return true;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    // 405: a delete marker, which has no data. 400: a version under a customer key.
    if (error.kind === "not-found" || error.facts.status === 405) return false;
    if (error.kind === "bad-request") return true;
    throw error;
  }
}

async function attemptVanished(ref: ObjectRef, { store }: RunContext): Promise<AttemptResult> {
  try {
    if (await isStillListed(store, ref)) {
      return { kind: "again", why: "not-found", note: "HEAD does not find it, but the listing shows it" };
    }
    return done(ref.isListed === false ? resultOfNotFound(ref) : resultOfInspection(ref, { kind: "vanished" }));
  } catch (error) {
    if (error instanceof StoreError) return done(resultOfInspection(ref, { kind: "failed", error }));
    throw error;
  }
}

/**
 * Whether the listing still shows an object that HEAD does not find. The object may have come back, or a
 * component on the way to the store folds its path.
 */
async function isStillListed(store: ObjectStore, { bucket, key }: ObjectRef): Promise<boolean> {
  const { objects } = await store.listObjects({ bucket, prefix: key });
  return objects.some((listed) => listed.key === key);
}

function done(result: ObjectResult): AttemptResult {
  return { kind: "done", result };
}
