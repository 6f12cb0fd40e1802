import type { Attempt } from "../copy/copy-in-place.js";
import type { ObjectFacts } from "../inspect/object-facts.js";
import { capabilitiesFor } from "../plan/capabilities-for.js";
import { encryptionChange } from "../plan/encryption-change.js";
import { guardOf } from "../plan/strategies.js";
import { carriedDifference } from "../verify/carried-difference.js";
import { verifyCopy } from "../verify/verify-copy.js";
import { type Finding, findingOfDecision, observe } from "./finding.js";
import type { Road } from "./road.js";

/**
 * What became of a copy whose answer was lost, where the object now is what the copy would have made of it. `null` where it
 * is not, or where that cannot be told: without the same ETag the bytes might be somebody else's.
 */
export async function landedCopy(
  { facts: before, carried, strategy }: Attempt,
  after: ObjectFacts,
  road: Road,
): Promise<Finding | null> {
  const { target } = road.policy;
  if (after.etag !== before.etag || verifyCopy(before, after, target).kind !== "same") return null;
  if ((await carriedDifference(road.store, after, carried)) !== null) return null;
  const guard = guardOf(strategy, capabilitiesFor(before, target, road.capabilities));
  return {
    ...findingOfDecision(before, { kind: strategy, reason: encryptionChange(before, target) }, road.mode),
    after: observe(after),
    outcome: { kind: "migrated", strategy, guard },
    notes: ["the answer to the copy was lost; HEAD shows the same object, encrypted"],
    requestIds: [before.requestId, after.requestId],
  };
}
