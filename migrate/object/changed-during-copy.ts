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

/** As if a condition had failed: what was inspected is no longer what is there. */
export function changedMeanwhile(operation: Operation, message: string): StoreError {
  const known = { kind: "precondition-failed", status: 200, requestId: null } as const;
  return new StoreError({ ...known, operation, code: CHANGED_MEANWHILE, message });
}

/** Looks again at all that is sent with a copy, right before it is committed. Rejects as a failed condition does. */
export async function refuseIfChanged({ job, carried, capabilities }: CopyAttempt): Promise<void> {
  const { store, facts, context } = job;
  const { bucket, key } = facts;
  const versionId = sourceVersion(job);
  const seen = await inspectUnder(facts.customerKey, store, { bucket, key, versionId }, capabilities);
  if (seen.kind === "failed") throw seen.error;
  if (seen.kind !== "found" || !isDeepStrictEqual(comparable(seen.facts), comparable(facts))) {
    throw changedMeanwhile("headObject", "it is not what it was when the copy began");
  }
  const again = await inspectCarried(store, seen.facts, "copy-multipart", { capabilities, policy: context.policy });
  if (again.kind === "refused") throw again.error;
  if (!isDeepStrictEqual(comparableCarried(again.carried), comparableCarried(carried))) {
    throw changedMeanwhile("getObjectTagging", "its tags or its access control list changed since the copy began");
  }
}

/** As HEAD tells it. */
function comparable({ requestId: _requestId, copyClass: _copyClass, ...facts }: ObjectFacts) {
  return facts;
}

function comparableCarried({ grants, tags }: CarriedFacts) {
  return [unordered(grants), unordered(tags)];
}

/** Why the copy was given tags: somebody gave them to the object meanwhile, or nobody knows since when it has them. */
export type Retagged = "by-others" | "unknown";

/** Puts tags that the object has and its copy has not on the copy too, and tells what else was changed. */
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
  /** The tags that the copy is to have too; `null` where they are as they were. */
  readonly tags: readonly Tag[] | null;
  /** Whether somebody gave them to the object during its copy; otherwise nobody knows which it had before. */
  readonly isTagged: boolean;
  /** What else somebody changed of it, in words. */
  readonly others: readonly string[];
}

const NOTHING: MarkedMeanwhile = { tags: null, isTagged: false, others: [] };

/**
 * What somebody changed of an object during its copy that leaves the ETag alone, and so fails no condition. On a versioned
 * bucket it stands on the version that was copied, now noncurrent, and nowhere else. Costs up to three reads.
 */
export async function markedMeanwhile(
  job: CopyJob,
  carried: CarriedFacts,
  after: ObjectFacts,
): Promise<MarkedMeanwhile> {
  const { store, facts: before, context } = job;
  const { bucket, key, versionId } = before;
  if (versionId === null || after.versionId === null || versionId === after.versionId) return NOTHING;
  // Whose the copy became is told by what was carried.
  const capabilities = { ...job.capabilities, ownerOfWrites: carried.owner?.after ?? null, lostBy: {} };
  const seen = await inspectUnder(before.customerKey, store, { bucket, key, versionId }, capabilities);
  if (seen.kind === "failed") throw seen.error;
  // A null version is replaced in place, and a noncurrent one may be gone by now.
  if (seen.kind !== "found" || seen.facts.etag !== before.etag) return NOTHING;
  const read = await inspectCarried(store, { ...seen.facts, versionId }, "rewrite", {
    capabilities,
    policy: context.policy,
  });
  if (read.kind === "refused") return NOTHING;
  const { tags, grants } = read.carried;
  const differ = !loses(carried, "tags") && !isDeepStrictEqual(unordered(tags), unordered(carried.tags));
  // A HEAD that counts no tags proves nothing: the copy may have carried what nobody had read.
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
