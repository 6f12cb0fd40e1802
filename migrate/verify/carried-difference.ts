import { type CarriedFacts, loses, type ObjectFacts } from "../model/object.js";
import type { Grant, Tag } from "../store/answers.js";
import type { ObjectStore } from "../store/object-store.js";

export interface CarriedCheck {
  /** `null` where all that could be sent is there. */
  readonly difference: string | null;
  /** What no copy can be sent, and is not there. */
  readonly notes: readonly string[];
}

/** What HEAD does not show of a copy: the grants, and tags that it does not count. Costs a call only for an object that had any. */
export async function carriedDifference(
  store: ObjectStore,
  after: ObjectFacts,
  carried: CarriedFacts,
): Promise<CarriedCheck> {
  const { grants, tags } = carried;
  const { bucket, key } = after;
  const input = { bucket, key, versionId: after.versionId ?? undefined };
  const now = grants === null ? [] : (await store.getObjectAcl(input)).grants;
  const notes = lostWrites(grants ?? [], now);
  if (grants !== null && grantsText(grants) !== grantsText(now)) {
    return { difference: "access control list: not the one that was sent with the copy", notes };
  }
  const counted = (after.tagCount ?? 0) === tags.length || loses(carried, "tags");
  if (!counted && tagsText(tags) !== tagsText(await store.getObjectTagging(input))) {
    return { difference: "tags: not the ones that were sent with the copy", notes };
  }
  return { difference: null, notes };
}

/** WRITE means nothing for an object on most stores, and no header carries it: that it is gone is told all the same. */
function lostWrites(before: readonly Grant[], now: readonly Grant[]): string[] {
  const writersOf = (grants: readonly Grant[]) =>
    grants.filter(({ permission }) => permission === "WRITE").map(({ grantee }) => `${grantee.kind} ${grantee.value}`);
  const still = new Set(writersOf(now));
  const lost = [...new Set(writersOf(before))].filter((writer) => !still.has(writer));
  return lost.map((writer) => `its grant of WRITE to ${writer} is gone: no header carries it`);
}

/** WRITE is told apart. Addresses come back as the accounts they belong to. */
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
