import type { BegunCopy } from "../journal/in-flight.js";
import type { Observation } from "../journal/record.js";
import type { ObjectFacts } from "../model/object.js";
import type { Copied, CopyAttempt } from "./copy-job.js";

/**
 * Puts the object under the KMS key of the run with UpdateObjectEncryption. No data is written, so nothing is sent
 * with it. The call takes no condition: in a bucket with versions it names the version that was inspected, and
 * elsewhere it applies to whatever object is there by then. That loses nothing, and reading back shows it.
 */
export async function updateEncryption({ job: { store, facts, context } }: CopyAttempt): Promise<Copied> {
  const { bucket, key, etag } = facts;
  const versionId = facts.versionId ?? undefined;
  const { kmsKey } = context.policy.target;
  const kmsKeyArn = kmsKey?.arnIn(bucket);
  if (kmsKey === null || kmsKeyArn === undefined) throw new Error("an encryption was to be updated without a KMS key");
  const input = { bucket, key, versionId, kmsKeyArn, bucketKey: kmsKey.bucketKey };
  const { requestId } = await store.updateObjectEncryption(input);
  return { etag, versionId: facts.versionId, requestId, guard: "nothing-replaced", isInPlace: true };
}

type Write = Pick<Observation, "etag" | "sizeBytes" | "lastModified" | "versionId">;

/** Whether both sets of facts are of the same write: nobody has replaced the object in between. Pure. */
export function isSameWrite(before: Write, after: Write): boolean {
  return (
    before.etag === after.etag &&
    before.sizeBytes === after.sizeBytes &&
    before.lastModified === after.lastModified &&
    before.versionId === after.versionId
  );
}

/**
 * The facts to expect after an update. Tags and locks are other clients' to change, and such a change writes no new
 * object. Pure.
 */
export function withMarksOf({ tagCount, lock }: ObjectFacts, before: ObjectFacts): ObjectFacts {
  return { ...before, tagCount, lock };
}

/** Nothing has to be carried along by an update, or read for it. */
export const NOTHING_CARRIED: BegunCopy["carried"] = { grants: null, tags: [], losses: [] };
