import { activeLock, type CarriedFacts, loses, type ObjectFacts } from "../model/object.js";
import { type Verification, verifyCopy } from "../plan/verify-copy.js";
import type { Grant, Tag } from "../store/answers.js";
import type { ObjectStore } from "../store/object-store.js";
import { StoreError } from "../store/store-error.js";
import type { Copied, CopyJob } from "./copy-job.js";
import { inspectUnder } from "./inspect.js";
import { putLostLock } from "./tags-after-copy.js";

type ReadBack =
  | { readonly kind: "seen"; readonly after: ObjectFacts; readonly verification: Verification }
  /** Our copy was replaced or deleted by someone else before it was read back. */
  | { readonly kind: "replaced" }
  | { readonly kind: "failed"; readonly error: StoreError };

export const LOCKED_AGAIN = "the store had dropped its lock in the copy: it was put on the copy again";

/** One HEAD of the copy, of the very version where the store names it; and one more where its lock had to be put again. */
export async function readBack(job: CopyJob, carried: CarriedFacts, copied: Copied): Promise<ReadBack> {
  const { store, facts, context } = job;
  const first = await look(job, carried, copied);
  if (first.kind !== "seen" || first.verification.kind !== "differs") return first;
  try {
    const isPut = await putLostLock(store, facts, first.after, context.policy.target);
    if (!isPut) return first;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    const detail = `${first.verification.detail}; the lock could not be put again: ${error.message}`;
    return { ...first, verification: { ...first.verification, detail } };
  }
  const again = await look(job, carried, copied);
  if (again.kind !== "seen" || again.verification.kind !== "same") return again;
  return { ...again, verification: { kind: "same", notes: [...again.verification.notes, LOCKED_AGAIN] } };
}

async function look(
  { store, facts: before, capabilities, context }: CopyJob,
  carried: CarriedFacts,
  copied: Copied,
): Promise<ReadBack> {
  const { target } = context.policy;
  const { bucket, key } = before;
  const input = { bucket, key, versionId: copied.versionId ?? undefined };
  // A store that took the copy and changed nothing is to be told from somebody else's write.
  const earlier = before.customerKey === null ? [] : [before.customerKey];
  const inspection = await inspectUnder(target.customerKey, store, input, capabilities, earlier);
  if (inspection.kind === "failed") return inspection;
  if (inspection.kind !== "found") return { kind: "replaced" };
  const after = inspection.facts;
  if (copied.etag !== "" && after.etag !== copied.etag) return { kind: "replaced" };
  const now = new Date();
  const expected = { ...underActiveLock(before, now), ...acceptedChanges(after, carried) };
  return { kind: "seen", after, verification: verifyCopy(expected, underActiveLock(after, now), target) };
}

function acceptedChanges(after: ObjectFacts, carried: CarriedFacts): Partial<ObjectFacts> {
  const { tagCount, storageClass, content, userMetadata, hiddenMetadata, websiteRedirect } = after;
  return {
    ...(loses(carried, "tags") ? { tagCount } : {}),
    ...(loses(carried, "storage-class") ? { storageClass } : {}),
    ...(loses(carried, "metadata") ? { content, userMetadata, hiddenMetadata, websiteRedirect } : {}),
  };
}

function underActiveLock(facts: ObjectFacts, now: Date): ObjectFacts {
  return { ...facts, lock: activeLock(facts.lock, now) };
}

interface CarriedCheck {
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
