import { type Capabilities, capabilitiesFor } from "../model/capabilities.js";
import type { ObjectFacts } from "../model/object.js";
import type { Target } from "../model/target.js";
import { guardOf, staysInPlace } from "../plan/strategies.js";
import { carriedNotes } from "./carried.js";
import type { RunContext } from "./context.js";
import { type ObjectResult, observe, resultOfDecision, type UnansweredCopy } from "./object-result.js";
import { carriedDifference, compareCopy, LOCKED_AGAIN, leavesOut, putLostLock, putLostTags } from "./read-back.js";
import { isSameWrite, withMarksOf } from "./update-encryption.js";

/**
 * The result of a copy whose answer was lost, if the object is now what the copy would have made of it.
 * `null` if it is not, or if that is unknown: after a refusal, and without the same ETag, somebody else may
 * have written it.
 */
export async function landedCopy(
  copy: UnansweredCopy,
  seen: ObjectFacts,
  known: Capabilities,
  { store, policy: { target }, mode }: Pick<RunContext, "store" | "policy" | "mode">,
): Promise<ObjectResult | null> {
  const { facts: before, carried, strategy, answer } = copy;
  if (staysInPlace(strategy)) return landedUpdate(copy, seen, { target, mode });
  const sameEtag = seen.etag === before.etag;
  // The parts of the copy may differ from those of the source.
  const keptEtag = strategy !== "copy-multipart" && target.keepsEtag(strategy, before);
  // Only everything that HEAD shows can tell a copy with another ETag from somebody else's object.
  if (!sameEtag && (keptEtag || leavesOut(carried))) return null;
  if (isOlder(seen, before)) return null;
  const isOurs = sameEtag || answer === "lost";
  const isLocked = isOurs && (await putLostLock(store, copy, seen, target));
  const locked = isLocked ? { ...seen, lock: before.lock } : seen;
  const capabilities = capabilitiesFor(before, target, known);
  const after = await putLostTags(store, copy, locked, { target, capabilities });
  if (!isOurs) return null;
  if (compareCopy(before, after, carried, target).kind !== "same") return null;
  const { difference, notes: gone } = await carriedDifference(store, after, carried);
  if (difference !== null) return null;
  return {
    ...resultOfDecision(before, { kind: strategy, reason: target.reasonFor(before) }, mode),
    after: observe(after),
    outcome: { kind: "migrated", strategy, guard: guardOf(strategy, capabilities) },
    notes: [sameEtag ? SAME_ETAG : OTHER_ETAG, ...(isLocked ? [LOCKED_AGAIN] : []), ...gone, ...carriedNotes(carried)],
    requestIds: [before.requestId, after.requestId],
  };
}

/** Tells its own update from one by somebody else no better than the store does. Either way the object is as asked. */
function landedUpdate(
  { facts: before, carried, strategy }: UnansweredCopy,
  seen: ObjectFacts,
  { target, mode }: { readonly target: Target; readonly mode: RunContext["mode"] },
): ObjectResult | null {
  if (!isSameWrite(before, seen)) return null;
  if (compareCopy(withMarksOf(seen, before), seen, carried, target).kind !== "same") return null;
  return {
    ...resultOfDecision(before, { kind: strategy, reason: target.reasonFor(before) }, mode),
    after: observe(seen),
    outcome: { kind: "migrated", strategy, guard: "nothing-replaced" },
    notes: [UPDATED],
    requestIds: [before.requestId, seen.requestId],
  };
}

const UPDATED = "the answer to the update was lost; HEAD shows the same object under the key";
const SAME_ETAG = "the answer to the copy was lost; HEAD shows the same object, encrypted";
const OTHER_ETAG =
  "the answer to the copy was lost; HEAD shows an object of the same size and metadata, encrypted, and another ETag, as such a copy gives";

function isOlder(after: ObjectFacts, before: ObjectFacts): boolean {
  if (after.lastModified === null || before.lastModified === null) return false;
  return Date.parse(after.lastModified) < Date.parse(before.lastModified);
}

/** If a killed session never got the answer to its copy, the object looks as if another client wrote it. */
export function withAge(
  result: ObjectResult,
  { lastModified }: ObjectFacts,
  { mode, runStartedAt }: RunContext,
): ObjectResult {
  const isOfThisRun = lastModified !== null && Date.parse(lastModified) >= runStartedAt.getTime();
  if (mode !== "migrate" || result.outcome.kind !== "already-encrypted" || !isOfThisRun) return result;
  return {
    ...result,
    notes: [...result.notes, "written since this run began, by others or by a session that was killed"],
  };
}

/** Uses the detected capabilities of the bucket, as the copy did. */
export async function landedBefore(
  copy: UnansweredCopy,
  facts: ObjectFacts,
  context: RunContext,
): Promise<ObjectResult | null> {
  return landedCopy(copy, facts, await context.capabilitiesOf(facts.bucket), context);
}
