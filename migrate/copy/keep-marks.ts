import type { CarriedFacts, ObjectFacts } from "../inspect/object-facts.js";
import type { CopyingRoad } from "../road/road.js";
import { markedMeanwhile } from "../verify/marked-meanwhile.js";

/** Puts tags that somebody gave the object during its copy on the copy too, and tells what else was changed. */
export async function keepMarks(
  before: ObjectFacts,
  carried: CarriedFacts,
  after: ObjectFacts,
  road: Pick<CopyingRoad, "store" | "policy" | "capabilities">,
): Promise<{ readonly retagged: boolean; readonly others: readonly string[] }> {
  const { tags, others } = await markedMeanwhile(before, carried, after, road);
  if (tags === null) return { retagged: false, others };
  const { bucket, key, versionId } = after;
  await road.store.putObjectTagging({ bucket, key, versionId: versionId ?? undefined, tags });
  return { retagged: true, others };
}
