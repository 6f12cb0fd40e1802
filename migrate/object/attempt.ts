import { distinctKeys } from "../keys/customer-key.js";
import type { ObjectFacts, ObjectRef } from "../model/object.js";
import { withAskedClass } from "../plan/lost-by-way.js";
import { plan } from "../plan/plan.js";
import { StoreError } from "../store/store-error.js";
import { copyHazard } from "./bucket-hazards.js";
import type { Road } from "./context.js";
import { copyAndVerify } from "./copy-and-verify.js";
import { inspect } from "./inspect.js";
import { type EarlierLooks, isLongWait, isStillListed, type Look, lookOfError } from "./look.js";
import { landedCopy, type UnansweredAttempt } from "./lost-answer.js";
import {
  type Finding,
  failed,
  findingOfDecision,
  findingOfInspection,
  findingOfNotFound,
  refused,
} from "./object-result.js";
import { type RefusedWay, refusedForItsSignature } from "./refused-copy.js";

/** Inspects, plans, copies and verifies one object, once. */
export async function look(ref: ObjectRef, road: Road, { attempt, refusedWays }: EarlierLooks): Promise<Look> {
  const { bucket, key } = ref;
  const given = road.keys.keysFor(key);
  const wanted = road.policy.target.customerKey;
  const keys = wanted === null ? given : distinctKeys([...given, wanted]);
  const listed = ref.isListed === false ? undefined : ref;
  const inspection = await inspect(road.store, { bucket, key, listed }, road.capabilities, keys);
  if (inspection.kind === "vanished") return lookAtVanished(ref, road);
  if (inspection.kind === "failed" && (await refusedForItsSignature(inspection.error, bucket, road.store))) {
    const seen = findingOfInspection(ref, inspection);
    const outcome = failed("signature-refused", inspection.error.message);
    return done({ ...seen, decision: { kind: "none", reason: "signature-refused" }, outcome });
  }
  if (inspection.kind !== "found") return done(findingOfInspection(ref, inspection, given.length > 0));
  const facts = withAskedClass(inspection.facts, road.policy);
  try {
    const landed = attempt === undefined ? null : await landedBefore(attempt, facts, road);
    return landed === null ? await lookAtFound(facts, road, refusedWays) : done(landed);
  } catch (error) {
    if (error instanceof StoreError) return lookOfError(error, findingOfDecision(facts, NOTHING_DECIDED, road.mode));
    throw error;
  }
}

/** By what the bucket was found to be able to do, as the copy was made. */
async function landedBefore(earlier: UnansweredAttempt, facts: ObjectFacts, road: Road): Promise<Finding | null> {
  const capabilities = await road.capabilitiesOf(facts.bucket);
  return landedCopy(earlier, facts, { ...road, capabilities });
}

const NOTHING_DECIDED = { kind: "none", reason: "store-error" } as const;

async function lookAtFound(facts: ObjectFacts, road: Road, refusedWays: readonly RefusedWay[]): Promise<Look> {
  const documented = plan(facts, road.policy, road.capabilities);
  if (documented.kind === "skip") return done(withAge(findingOfDecision(facts, documented, road.mode), facts, road));
  if (road.mode === "audit") return done(findingOfDecision(facts, documented, "audit"));
  const capabilitiesOf = road.capabilitiesOf(facts.bucket);
  if (await isLongWait(capabilitiesOf)) return { kind: "waited" };
  const capabilities = await capabilitiesOf;
  const decision = plan(facts, road.policy, capabilities);
  const draft = findingOfDecision(facts, decision, road.mode);
  if (decision.kind === "refuse") return done(draft);
  try {
    const settings = road.buckets.find(({ bucket }) => bucket === facts.bucket);
    const hazard = await copyHazard(road.store, facts, settings);
    if (hazard !== null) return done(refused(draft, hazard));
    if (road.mode === "dry-run") return done(draft);
    return await copyAndVerify(facts, draft, { ...road, capabilities }, refusedWays);
  } catch (error) {
    if (error instanceof StoreError) return lookOfError(error, draft);
    throw error;
  }
}

/** An answer that a killed session never got leaves its object as anybody's write would. */
function withAge(finding: Finding, { lastModified }: ObjectFacts, { mode, runStartedAt }: Road): Finding {
  const isOfThisRun = lastModified !== null && Date.parse(lastModified) >= runStartedAt.getTime();
  if (mode !== "migrate" || finding.outcome.kind !== "already-encrypted" || !isOfThisRun) return finding;
  return {
    ...finding,
    notes: [...finding.notes, "written since this run began, by others or by a session that was killed"],
  };
}

async function lookAtVanished(ref: ObjectRef, { store }: Road): Promise<Look> {
  try {
    if (await isStillListed(store, ref)) {
      return { kind: "again", why: "not-found", note: "HEAD does not find it, and the listing does" };
    }
    return done(ref.isListed === false ? findingOfNotFound(ref) : findingOfInspection(ref, { kind: "vanished" }));
  } catch (error) {
    if (error instanceof StoreError) return done(findingOfInspection(ref, { kind: "failed", error }));
    throw error;
  }
}

function done(finding: Finding): Look {
  return { kind: "done", finding };
}
