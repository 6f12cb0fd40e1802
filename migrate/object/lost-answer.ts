import type { Attempt } from "../journal/in-flight.js";
import { capabilitiesFor } from "../model/capabilities.js";
import type { ObjectFacts } from "../model/object.js";
import { guardOf } from "../plan/strategies.js";
import { verifyCopy } from "../plan/verify-copy.js";
import { carriedNotes } from "./carried.js";
import type { Road } from "./context.js";
import { type Finding, findingOfDecision, observe } from "./object-result.js";
import { carriedDifference, LOCKED_AGAIN } from "./read-back.js";
import { putLostLock, putLostTags } from "./tags-after-copy.js";

export interface UnansweredAttempt extends Attempt {
  /** `refused`: the store said so in the end, and may have done it at an attempt before. */
  readonly answer: "lost" | "refused";
}

/**
 * What became of a copy whose answer was lost, where the object now is what the copy would have made of it. `null` where it
 * is not, or where that cannot be told: after a refusal, and without the same ETag, it may be somebody else's.
 */
export async function landedCopy(attempt: UnansweredAttempt, seen: ObjectFacts, road: Road): Promise<Finding | null> {
  const { facts: before, carried, strategy, answer } = attempt;
  const { target } = road.policy;
  const sameEtag = seen.etag === before.etag;
  // Parts may be others than those of the source.
  const keptEtag = strategy !== "copy-multipart" && target.keepsEtag(strategy, before);
  if (isOlder(seen, before) || (!sameEtag && keptEtag)) return null;
  const isOurs = sameEtag || answer === "lost";
  const isLocked = isOurs && (await putLostLock(road.store, before, seen, target));
  const after = await putLostTags(attempt, isLocked ? { ...seen, lock: before.lock } : seen, road);
  if (!isOurs) return null;
  if (verifyCopy(before, after, target).kind !== "same") return null;
  const { difference, notes: gone } = await carriedDifference(road.store, after, carried);
  if (difference !== null) return null;
  const guard = guardOf(strategy, capabilitiesFor(before, target, road.capabilities));
  return {
    ...findingOfDecision(before, { kind: strategy, reason: target.reasonFor(before) }, road.mode),
    after: observe(after),
    outcome: { kind: "migrated", strategy, guard },
    notes: [sameEtag ? SAME_ETAG : OTHER_ETAG, ...(isLocked ? [LOCKED_AGAIN] : []), ...gone, ...carriedNotes(carried)],
    requestIds: [before.requestId, after.requestId],
  };
}

const SAME_ETAG = "the answer to the copy was lost; HEAD shows the same object, encrypted";
const OTHER_ETAG =
  "the answer to the copy was lost; HEAD shows an object of the same size and metadata, encrypted, and another ETag, as such a copy gives";

function isOlder(after: ObjectFacts, before: ObjectFacts): boolean {
  if (after.lastModified === null || before.lastModified === null) return false;
  return Date.parse(after.lastModified) < Date.parse(before.lastModified);
}
