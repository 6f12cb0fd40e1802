import { isDeepStrictEqual } from "node:util";
import { activeLock, type CarriedFacts, loses, type ObjectFacts, unordered } from "../model/object.js";
import type { Tag } from "../store/answers.js";
import type { ObjectStore } from "../store/object-store.js";
import type { Operation } from "../store/operations.js";
import { StoreError } from "../store/store-error.js";
import { inspectCarried } from "./carried.js";
import { sourceVersion } from "./copy-headers.js";
import type { CopyAttempt, CopyJob } from "./copy-job.js";
import { inspectUnder } from "./inspect.js";

export const CHANGED_MEANWHILE = "ChangedMeanwhile";

/** The error of a failed condition: the object is no longer the one that was inspected. */
export function changedMeanwhile(operation: Operation, message: string): StoreError {
  const known = { kind: "precondition-failed", status: 200, requestId: null } as const;
  return new StoreError({ ...known, operation, code: CHANGED_MEANWHILE, message });
}

/**
 * Reads again everything that is sent with a copy, right before the copy is committed. If something changed,
 * rejects as a failed condition does.
 */
export async function refuseIfChanged({ job, carried, capabilities }: CopyAttempt): Promise<void> {
  const { store, facts, context } = job;
  const { bucket, key } = facts;
  const versionId = sourceVersion(job);
  const seen = await inspectUnder(facts.customerKey, store, { bucket, key, versionId }, capabilities);
  if (seen.kind === "failed") throw seen.error;
  if (seen.kind !== "found" || !isDeepStrictEqual(comparable(seen.facts), comparable(facts))) {
    throw changedMeanwhile("headObject", "it has changed since the copy began");
  }
  const again = await inspectCarried(store, seen.facts, "copy-multipart", { capabilities, policy: context.policy });
  if (again.kind === "refused") throw again.error;
  if (!isDeepStrictEqual(comparableCarried(again.carried), comparableCarried(carried))) {
    throw changedMeanwhile("getObjectTagging", "its tags or its access control list changed since the copy began");
  }
}

/** The facts that HEAD shows. */
function comparable({ requestId: _requestId, copyClass: _copyClass, ...facts }: ObjectFacts) {
  return facts;
}

function comparableCarried({ grants, tags }: CarriedFacts) {
  return [unordered(grants), unordered(tags)];
}

/**
 * Why tags were put on the copy: somebody tagged the object meanwhile, or it is unknown since when it has
 * them.
 */
export type Retagged = "by-others" | "unknown";

/** Puts the tags that the object has and its copy lacks on the copy too, and reports the other changes. */
export async function keepMarks(
  job: CopyJob,
  carried: CarriedFacts,
  after: ObjectFacts,
): Promise<{ readonly retagged: Retagged | null; readonly others: readonly string[] }> {
  const { tags, isTagged, others } = await markedMeanwhile(job, carried, after);
  if (tags === null) return { retagged: null, others };
  const { bucket, key, versionId } = after;
  await job.store.putObjectTagging({ bucket, key, versionId: versionId ?? undefined, tags });
  return { retagged: isTagged ? "by-others" : "unknown", others };
}

interface MarkedMeanwhile {
  /** The tags that the copy must get too; `null` if they did not change. */
  readonly tags: readonly Tag[] | null;
  /** Whether somebody tagged the object during its copy. Otherwise it is unknown which tags it had before. */
  readonly isTagged: boolean;
  /** The other changes that somebody made to it, in words. */
  readonly others: readonly string[];
}

const NOTHING: MarkedMeanwhile = { tags: null, isTagged: false, others: [] };

/**
 * The changes that somebody made to an object during its copy and that leave the ETag alone, so that no
 * condition fails. On a versioned bucket, only the version that was copied, now noncurrent, has them. Costs
 * up to three reads.
 */
export async function markedMeanwhile(
  job: CopyJob,
  carried: CarriedFacts,
  after: ObjectFacts,
): Promise<MarkedMeanwhile> {
  const { store, facts: before, context } = job;
  const { bucket, key, versionId } = before;
  if (versionId === null || after.versionId === null || versionId === after.versionId) return NOTHING;
  // The carried facts name the owner of the copy.
  const capabilities = { ...job.capabilities, ownerOfWrites: carried.owner?.after ?? null, lostBy: {} };
  const seen = await inspectUnder(before.customerKey, store, { bucket, key, versionId }, capabilities);
  if (seen.kind === "failed") throw seen.error;
  // A null version is replaced in place, and a noncurrent version may be gone by now.
  if (seen.kind !== "found" || seen.facts.etag !== before.etag) return NOTHING;
  const read = await inspectCarried(store, { ...seen.facts, versionId }, "rewrite", {
    capabilities,
    policy: context.policy,
  });
  if (read.kind === "refused") return NOTHING;
  const { tags, grants } = read.carried;
  const differ = !loses(carried, "tags") && !isDeepStrictEqual(unordered(tags), unordered(carried.tags));
  // If HEAD counts no tags, it proves nothing: the copy may have carried tags that nobody had read.
  const isTagged = differ && (carried.tags.length > 0 || isCounted(before) || isCounted(seen.facts));
  const retagged = differ && (isTagged || !(await hasTags(store, after, tags)));
  const now = new Date();
  const words: [boolean, string][] = [
    [!isDeepStrictEqual(activeLock(seen.facts.lock, now), activeLock(before.lock, now)), "its lock"],
    [
      !loses(carried, "acl") && !isDeepStrictEqual(unordered(grants), unordered(carried.grants)),
      "its access control list",
    ],
  ];
  return {
    tags: retagged ? tags : null,
    isTagged,
    others: words.filter(([changed]) => changed).map(([, word]) => word),
  };
}

function isCounted({ tagCount }: ObjectFacts): boolean {
  return tagCount !== null;
}

async function hasTags(store: ObjectStore, { bucket, key, versionId }: ObjectFacts, tags: readonly Tag[]) {
  const now = await store.getObjectTagging({ bucket, key, versionId: versionId ?? undefined });
  return isDeepStrictEqual(unordered(now), unordered(tags));
}
