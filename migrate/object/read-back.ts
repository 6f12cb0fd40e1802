import type { BegunCopy } from "../journal/in-flight.js";
import type { Capabilities } from "../model/capabilities.js";
import { activeLock, type CarriedFacts, loses, type ObjectFacts } from "../model/object.js";
import type { Target } from "../model/target.js";
import { type Verification, verifyCopy } from "../plan/verify-copy.js";
import type { Grant, Tag } from "../store/answers.js";
import type { ObjectStore } from "../store/object-store.js";
import { StoreError } from "../store/store-error.js";
import { writtenVersion } from "../store/wire.js";
import { tagsLeftOver } from "./copy-headers.js";
import type { Copied, CopyJob } from "./copy-job.js";
import { inspectUnder } from "./inspect.js";
import { isSameWrite, withMarksOf } from "./update-encryption.js";

type ReadBack =
  | { readonly kind: "seen"; readonly after: ObjectFacts; readonly verification: Verification }
  /** Somebody else replaced or deleted our copy before it was read back. */
  | { readonly kind: "replaced" }
  | { readonly kind: "failed"; readonly error: StoreError };

export const LOCKED_AGAIN = "the store had dropped its lock in the copy: it was set on the copy again";

/**
 * One HEAD of the copy, of its exact version if the store names it. One more HEAD if its lock had to be put
 * again. After an update one HEAD of the current object, which must be the same.
 */
export async function readBack(job: CopyJob, carried: CarriedFacts, copied: Copied): Promise<ReadBack> {
  const { store, facts, context } = job;
  const first = await look(job, carried, copied);
  if (first.kind !== "seen" || first.verification.kind !== "differs") return first;
  try {
    const isPut = await putLostLock(store, { facts, carried }, first.after, context.policy.target);
    if (!isPut) return first;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    const detail = `${first.verification.detail}; the lock could not be set again: ${error.message}`;
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
  const { isInPlace = false } = copied;
  const versionId = isInPlace ? undefined : (copied.versionId ?? undefined);
  // Distinguishes a store that accepted the copy and changed nothing from somebody else's write.
  const earlier = before.customerKey === null ? [] : [before.customerKey];
  const inspection = await inspectUnder(target.customerKey, store, { bucket, key, versionId }, capabilities, earlier);
  if (inspection.kind === "failed") return inspection;
  if (inspection.kind !== "found") return { kind: "replaced" };
  const after = inspection.facts;
  if (copied.etag !== "" && after.etag !== copied.etag) return { kind: "replaced" };
  if (isInPlace && !isSameWrite(before, after)) return { kind: "replaced" };
  const expected = isInPlace ? withMarksOf(after, before) : before;
  return { kind: "seen", after, verification: compareCopy(expected, after, carried, target) };
}

/**
 * Compares a copy with its original as HEAD shows them, except for expired locks and accepted losses. Pure.
 */
export function compareCopy(
  before: ObjectFacts,
  after: ObjectFacts,
  carried: CarriedFacts,
  target: Target,
): Verification {
  const now = new Date();
  const locked = underActiveLock(before, now);
  const expected = carried.losses.length === 0 ? locked : { ...locked, ...acceptedChanges(after, carried) };
  return verifyCopy(expected, underActiveLock(after, now), target);
}

function acceptedChanges(after: ObjectFacts, carried: CarriedFacts): Partial<ObjectFacts> {
  const { tagCount, storageClass, content, userMetadata, hiddenMetadata, websiteRedirect } = after;
  return {
    ...(loses(carried, "tags") ? { tagCount } : {}),
    ...(loses(carried, "storage-class") ? { storageClass } : {}),
    ...(loses(carried, "metadata") ? { content, userMetadata, hiddenMetadata, websiteRedirect } : {}),
  };
}

/** Whether the comparison with a copy leaves out something that HEAD shows, because its loss was accepted. Pure. */
export function leavesOut(carried: CarriedFacts): boolean {
  return (["tags", "storage-class", "metadata"] as const).some((loss) => loses(carried, loss));
}

function underActiveLock(facts: ObjectFacts, now: Date): ObjectFacts {
  const lock = activeLock(facts.lock, now);
  return lock === facts.lock ? facts : { ...facts, lock };
}

/**
 * Puts the lock of an object on the exact version of its copy, if the copy lacks nothing else. Ceph 18
 * accepts a lock when an upload starts, and loses it. Resolves with whether there was something to put.
 * Rejects with the store's refusal.
 */
export async function putLostLock(
  store: ObjectStore,
  { facts: before, carried }: Pick<BegunCopy, "facts" | "carried">,
  after: ObjectFacts,
  target: Target,
): Promise<boolean> {
  // Tags may still have to be put as well.
  const seen = compareCopy({ ...before, tagCount: after.tagCount }, after, carried, target);
  if (seen.kind !== "differs" || seen.lost.some((property) => property !== "lock")) return false;
  const now = new Date();
  const had = activeLock(before.lock, now);
  const has = activeLock(after.lock, now);
  const { bucket, key, versionId } = after;
  const copy = { bucket, key, versionId: versionId ?? undefined };
  const { mode, retainUntil } = had;
  const lacksRetention = mode !== null && retainUntil !== null && has.mode === null;
  const lacksHold = had.legalHold === "ON" && has.legalHold !== "ON";
  if (lacksRetention) await store.putObjectRetention({ ...copy, retention: { mode, retainUntil } });
  if (lacksHold) await store.putObjectLegalHold(copy);
  return lacksRetention || lacksHold;
}

/**
 * The object is already copied. If its tags cannot be put again, the error contains them, so that they are
 * not lost.
 */
export async function putLeftOverTags(
  store: ObjectStore,
  { facts, carried, strategy }: BegunCopy,
  capabilities: Capabilities,
  versionId: string | null,
): Promise<void> {
  const tags = tagsLeftOver(strategy, carried, capabilities);
  if (tags.length === 0) return;
  const { bucket, key } = facts;
  try {
    await store.putObjectTagging({ bucket, key, versionId: versionId ?? undefined, tags });
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    const message = `${error.facts.message}; copied and encrypted, but without its tags, which were ${JSON.stringify(tags)}`;
    throw new StoreError({ ...error.facts, message, kind: "other" }, error);
  }
}

/**
 * Puts the tags that a copy without an answer still had to put, because they are stored nowhere else. It does
 * so only if the object is what that copy made and has no tags at all. Resolves with the object as it is
 * then.
 */
export async function putLostTags(
  store: ObjectStore,
  begun: BegunCopy,
  after: ObjectFacts,
  { target, capabilities }: { readonly target: Target; readonly capabilities: Capabilities },
): Promise<ObjectFacts> {
  const { facts: before, carried, strategy } = begun;
  if (tagsLeftOver(strategy, carried, capabilities).length === 0 || (after.tagCount ?? 0) > 0) return after;
  const tagged = { ...after, tagCount: before.tagCount };
  if (compareCopy(before, tagged, carried, target).kind !== "same") return after;
  const { bucket, key } = after;
  const versionId = writtenVersion(after.versionId ?? undefined);
  if ((await store.getObjectTagging({ bucket, key, versionId: versionId ?? undefined })).length > 0) return after;
  await putLeftOverTags(store, begun, capabilities, versionId);
  return tagged;
}

interface CarriedCheck {
  /** `null` if everything that could be sent is there. */
  readonly difference: string | null;
  /** The missing properties that cannot be sent with any copy. */
  readonly notes: readonly string[];
}

const NO_DIFFERENCE: CarriedCheck = { difference: null, notes: [] };

/**
 * Checks the properties of a copy that HEAD does not show: the grants, and the tags that it does not count.
 * Costs a call only for an object that had any.
 */
export async function carriedDifference(
  store: ObjectStore,
  after: ObjectFacts,
  carried: CarriedFacts,
): Promise<CarriedCheck> {
  const { grants, tags } = carried;
  const counted = (after.tagCount ?? 0) === tags.length || loses(carried, "tags");
  if (grants === null && counted) return NO_DIFFERENCE;
  const { bucket, key } = after;
  const input = { bucket, key, versionId: after.versionId ?? undefined };
  const now = grants === null ? [] : (await store.getObjectAcl(input)).grants;
  const notes = lostWrites(grants ?? [], now);
  if (grants !== null && grantsText(grants) !== grantsText(now)) {
    return { difference: "access control list: not the one that was sent with the copy", notes };
  }
  if (!counted && tagsText(tags) !== tagsText(await store.getObjectTagging(input))) {
    return { difference: "tags: not the ones that were sent with the copy", notes };
  }
  return { difference: null, notes };
}

/**
 * On most stores WRITE has no meaning for an object, and no header carries it. Its loss is reported anyway.
 */
function lostWrites(before: readonly Grant[], now: readonly Grant[]): string[] {
  const writersOf = (grants: readonly Grant[]) =>
    grants.filter(({ permission }) => permission === "WRITE").map(({ grantee }) => `${grantee.kind} ${grantee.value}`);
  const still = new Set(writersOf(now));
  const lost = [...new Set(writersOf(before))].filter((writer) => !still.has(writer));
  return lost.map((writer) => `its grant of WRITE to ${writer} was lost: no header can carry it`);
}

/** WRITE is reported separately. Stores return e-mail addresses as the accounts that they belong to. */
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
