import { tagsLeftOver } from "../copy/carried-headers.js";
import { putLeftOverTags } from "../copy/put-left-over-tags.js";
import type { Attempt } from "../journal/in-flight.js";
import { capabilitiesFor } from "../model/capabilities.js";
import type { ObjectFacts } from "../model/object.js";
import { verifyCopy } from "../plan/verify-copy.js";
import { writtenVersion } from "../store/wire.js";
import type { Road } from "./road.js";

/**
 * Puts the tags that a copy without an answer had still to put, where the object is what that copy made and has none at all:
 * they stand nowhere else. Resolves with the object as it is then.
 */
export async function putLostTags(
  { facts: before, carried, strategy }: Attempt,
  after: ObjectFacts,
  road: Road,
): Promise<ObjectFacts> {
  const { store, policy } = road;
  const capabilities = capabilitiesFor(before, policy.target, road.capabilities);
  if (tagsLeftOver(strategy, carried, capabilities).length === 0 || (after.tagCount ?? 0) > 0) return after;
  const tagged = { ...after, tagCount: before.tagCount };
  if (verifyCopy(before, tagged, policy.target).kind !== "same") return after;
  const { bucket, key } = after;
  const versionId = writtenVersion(after.versionId ?? undefined);
  if ((await store.getObjectTagging({ bucket, key, versionId: versionId ?? undefined })).length > 0) return after;
  await putLeftOverTags({ ...road, facts: before, carried, capabilities }, strategy, { versionId });
  return tagged;
}
