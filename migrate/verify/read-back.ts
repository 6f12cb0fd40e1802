import type { Copied, CopyJob } from "../copy/copied.js";
import { activeLock } from "../inspect/active-lock.js";
import { inspectUnder } from "../inspect/inspect-under.js";
import type { ObjectFacts } from "../inspect/object-facts.js";
import { targetKey } from "../plan/target.js";
import type { ObjectStore } from "../store/object-store.js";
import type { StoreError } from "../store/store-error.js";
import { loses } from "./loses.js";
import { type Verification, verifyCopy } from "./verify-copy.js";

export type ReadBack =
  | { readonly kind: "seen"; readonly after: ObjectFacts; readonly verification: Verification }
  /** Our copy was replaced or deleted by someone else before it was read back. */
  | { readonly kind: "replaced" }
  | { readonly kind: "failed"; readonly error: StoreError };

/** One HEAD of the copy, of the very version where the store names it. */
export async function readBack(
  store: ObjectStore,
  { facts: before, carried }: Pick<CopyJob, "facts" | "carried">,
  copied: Copied,
  { capabilities, policy: { target } }: Pick<CopyJob, "capabilities" | "policy">,
): Promise<ReadBack> {
  const { bucket, key } = before;
  const input = { bucket, key, versionId: copied.versionId ?? undefined };
  // A store that took the copy and changed nothing is to be told from somebody else's write.
  const earlier = before.customerKey === null ? [] : [before.customerKey];
  const inspection = await inspectUnder(targetKey(target), store, input, capabilities, earlier);
  if (inspection.kind === "failed") return inspection;
  if (inspection.kind !== "found") return { kind: "replaced" };
  const after = inspection.facts;
  if (copied.etag !== "" && after.etag !== copied.etag) return { kind: "replaced" };
  const now = new Date();
  const expected = { ...underActiveLock(before, now), ...acceptedChanges(after, carried) };
  return { kind: "seen", after, verification: verifyCopy(expected, underActiveLock(after, now), target) };
}

function acceptedChanges(after: ObjectFacts, carried: CopyJob["carried"]): Partial<ObjectFacts> {
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
