import type { Copied, CopyJob } from "../copy/copied.js";
import { multipartCopy } from "../copy/multipart-copy.js";
import { singleCopy } from "../copy/single-copy.js";
import { inspect } from "../inspect/inspect.js";
import { inspectCarried } from "../inspect/inspect-carried.js";
import type { ObjectFacts } from "../inspect/object-facts.js";
import type { Outcome, StrategyName } from "../journal/record.js";
import type { ObjectRef } from "../list/object-ref.js";
import { type CopyDecision, plan } from "../plan/plan.js";
import type { RefuseReason } from "../plan/reason.js";
import { StoreError } from "../store/store-error.js";
import { carriedDifference } from "../verify/carried-difference.js";
import { readBack } from "../verify/read-back.js";
import { copyHazard } from "./copy-hazard.js";
import { failReason } from "./fail-reason.js";
import { type Finding, findingOfDecision, findingOfInspection, observe } from "./finding.js";
import { isStillListed } from "./is-still-listed.js";
import type { Road } from "./road.js";

/** `again`: someone else wrote to the object meanwhile, so what was found of it no longer holds. */
export type Look =
  | { readonly kind: "done"; readonly finding: Finding }
  | { readonly kind: "again"; readonly note: string };

/** Inspects, plans, copies and verifies one object, once. */
export async function look(ref: ObjectRef, road: Road): Promise<Look> {
  const inspection = await inspect(road.store, { bucket: ref.bucket, key: ref.key }, road.capabilities);
  if (inspection.kind === "vanished") return lookAtVanished(ref, road);
  if (inspection.kind !== "found") return done(findingOfInspection(ref, inspection));
  const { facts } = inspection;
  const decision = plan(facts, road.policy, road.capabilities);
  const unwritten = findingOfDecision(facts, decision, road.mode);
  const strategy = decision.kind;
  if (strategy !== "copy" && strategy !== "copy-multipart") return done(unwritten);
  if (road.mode === "audit") return done(unwritten);
  try {
    const settings = road.buckets.find(({ bucket }) => bucket === ref.bucket);
    const hazard = await copyHazard(road.store, facts, settings);
    if (hazard !== null) return done(refused(unwritten, hazard));
    if (road.mode === "dry-run") return done(unwritten);
    return await copyAndVerify(facts, { kind: strategy, reason: decision.reason }, unwritten, road);
  } catch (error) {
    if (error instanceof StoreError) return lookOfError(error, unwritten);
    throw error;
  }
}

async function lookAtVanished(ref: ObjectRef, { store }: Road): Promise<Look> {
  try {
    if (await isStillListed(store, ref)) return { kind: "again", note: "HEAD does not find it, and the listing does" };
    return done(findingOfInspection(ref, { kind: "vanished" }));
  } catch (error) {
    if (error instanceof StoreError) return done(findingOfInspection(ref, { kind: "failed", error }));
    throw error;
  }
}

async function copyAndVerify(facts: ObjectFacts, decision: CopyDecision, draft: Finding, road: Road): Promise<Look> {
  const inspection = await inspectCarried(road.store, facts, decision, road);
  if (inspection.kind === "refused") return done(refused(draft, inspection.reason, inspection.error.message));
  await road.beforeCopy(facts.bucket);
  const job: CopyJob = { ...road, facts, carried: inspection.carried };
  const { copied, strategy } = await copyBy(decision.kind, job);
  return lookAtCopy(job, copied, strategy, draft, road);
}

/** A store may allow less in one copy than its documents say: its refusal is taken at its word. */
async function copyBy(kind: StrategyName, job: CopyJob): Promise<{ copied: Copied; strategy: StrategyName }> {
  if (kind === "copy-multipart") return { copied: await multipartCopy(job), strategy: kind };
  try {
    return { copied: await singleCopy(job), strategy: kind };
  } catch (error) {
    const tooLarge = error instanceof StoreError && error.kind === "too-large" && job.facts.sizeBytes > 0;
    const guarded = job.policy.race === "auto" || job.capabilities.completeMultipartIfMatch;
    if (!tooLarge || !guarded || job.facts.hiddenMetadata > 0) throw error;
    return copyBy("copy-multipart", await carryingForParts(job, error));
  }
}

/** A copy in parts has more to send again than the copy in one piece that was tried. */
async function carryingForParts(job: CopyJob, refusal: StoreError): Promise<CopyJob> {
  const decision = { kind: "copy-multipart", reason: "unencrypted-above-copy-cutoff" } as const;
  const inspection = await inspectCarried(job.store, job.facts, decision, job);
  if (inspection.kind === "refused") throw refusal;
  return { ...job, carried: inspection.carried };
}

async function lookAtCopy(
  { facts, carried }: CopyJob,
  copied: Copied,
  strategy: StrategyName,
  draft: Finding,
  road: Road,
): Promise<Look> {
  const seen = await readBack(road.store, { facts, carried }, copied, road.capabilities);
  if (seen.kind === "replaced") {
    return { kind: "again", note: "copied by this run, then replaced by someone else before it was read back" };
  }
  if (seen.kind === "failed") throw seen.error;
  const { after, verification } = seen;
  const requestIds = [facts.requestId, copied.requestId, after.requestId];
  const finding = { ...draft, after: observe(after), requestIds };
  switch (verification.kind) {
    case "same": {
      const lost = await carriedDifference(road.store, after, carried);
      if (lost !== null) return done({ ...finding, outcome: failed("differs-after-copy", lost) });
      const notes = [...draft.notes, ...verification.notes, ...carried.losses.map(({ words }) => words)];
      return done({ ...finding, notes, outcome: { kind: "migrated", strategy, guard: copied.guard } });
    }
    case "not-encrypted":
      return done({ ...finding, outcome: failed("not-encrypted-after-copy", verification.detail) });
    case "differs":
      return done({ ...finding, outcome: failed("differs-after-copy", verification.detail) });
  }
}

function lookOfError(error: StoreError, draft: Finding): Look {
  const requestIds = [...draft.requestIds, error.facts.requestId];
  // An upload that is gone was completed by a request whose answer was lost, or aborted by someone else.
  const uploadGone = error.facts.code === "NoSuchUpload";
  if (error.kind === "precondition-failed" || uploadGone)
    return { kind: "again", note: "changed by someone else meanwhile" };
  if (error.kind === "not-found") return done({ ...draft, requestIds, outcome: { kind: "vanished" } });
  if (error.kind === "archived")
    return done({ ...draft, requestIds, outcome: { kind: "skipped", reason: "archived" } });
  return done({ ...draft, requestIds, outcome: failed(failReason(error), error.message) });
}

function refused(draft: Finding, reason: RefuseReason, ...notes: string[]): Finding {
  const outcome: Outcome = { kind: "refused", reason };
  return { ...draft, decision: { kind: "refuse", reason }, outcome, notes: [...draft.notes, ...notes] };
}

function failed(reason: Extract<Outcome, { kind: "failed" }>["reason"], detail: string): Outcome {
  return { kind: "failed", reason, detail };
}

function done(finding: Finding): Look {
  return { kind: "done", finding };
}
