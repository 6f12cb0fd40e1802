import type { CarriedFacts, ObjectFacts } from "../inspect/object-facts.js";
import type { Grant, Tag } from "../store/answers.js";
import type { ObjectStore } from "../store/object-store.js";
import { loses } from "./loses.js";

/**
 * What HEAD does not show of a copy: the grants, and tags that it does not count. Costs a call only for an object that had
 * any. `null` where they are the same.
 */
export async function carriedDifference(
  store: ObjectStore,
  after: ObjectFacts,
  carried: CarriedFacts,
): Promise<string | null> {
  const { grants, tags } = carried;
  const { bucket, key } = after;
  const input = { bucket, key, versionId: after.versionId ?? undefined };
  if (grants !== null && grantsText(grants) !== grantsText((await store.getObjectAcl(input)).grants)) {
    return "access control list: not the one that was sent with the copy";
  }
  const counted = (after.tagCount ?? 0) === tags.length || loses(carried, "tags");
  if (!counted && tagsText(tags) !== tagsText(await store.getObjectTagging(input))) {
    return "tags: not the ones that were sent with the copy";
  }
  return null;
}

/** WRITE means nothing for an object, and no header carries it. Addresses come back as the accounts they belong to. */
function grantsText(grants: readonly Grant[]): string {
  const telling = grants.filter(({ permission, grantee }) => permission !== "WRITE" && grantee.kind !== "emailAddress");
  return sortedText(telling.map(({ permission, grantee }) => `${permission} ${grantee.kind} ${grantee.value}`));
}

function tagsText(tags: readonly Tag[]): string {
  return sortedText(tags.map(({ key, value }) => JSON.stringify([key, value])));
}

function sortedText(lines: readonly string[]): string {
  return [...new Set(lines)].toSorted().join("\n");
}
