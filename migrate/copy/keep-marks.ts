import type { CarriedFacts, ObjectFacts } from "../model/object.js";
import type { CopyingRoad } from "../road/road.js";
import { markedMeanwhile } from "../verify/marked-meanwhile.js";

/** Why the copy was given tags: somebody gave them to the object meanwhile, or nobody knows since when it has them. */
export type Retagged = "by-others" | "unknown";

/** Puts tags that the object has and its copy has not on the copy too, and tells what else was changed. */
export async function keepMarks(
  before: ObjectFacts,
  carried: CarriedFacts,
  after: ObjectFacts,
  road: Pick<CopyingRoad, "store" | "policy" | "capabilities">,
): Promise<{ readonly retagged: Retagged | null; readonly others: readonly string[] }> {
  const { tags, isTagged, others } = await markedMeanwhile(before, carried, after, road);
  if (tags === null) return { retagged: null, others };
  const { bucket, key, versionId } = after;
  await road.store.putObjectTagging({ bucket, key, versionId: versionId ?? undefined, tags });
  return { retagged: isTagged ? "by-others" : "unknown", others };
}
