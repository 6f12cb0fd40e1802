import type { Observation } from "../journal/record.js";
import type { BucketFindings } from "../journal/run-record.js";
import type { Capabilities } from "../model/capabilities.js";
import type { EncryptionState } from "../model/encryption.js";
import type { ObjectFacts } from "../model/object.js";
import type { KmsKey } from "../model/target.js";
import { SSE_S3 } from "../model/target-sse.js";
import type { RequestHeaders } from "../store/object-store.js";
import { StoreError } from "../store/store-error.js";
import { isRefusal } from "./canary-object.js";
import type { Copied, CopyAttempt, CopyTools } from "./copy-job.js";
import { encryptionOfHead } from "./read-head.js";

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

/** The headers of an object under a KMS key that HEAD shows. */
export interface KeyShown {
  readonly state: EncryptionState;
  readonly kmsKeyId: string | undefined;
  readonly hasBucketKey: boolean;
}

export function keyShown(headers: RequestHeaders, capabilities: Capabilities): KeyShown {
  return {
    state: encryptionOfHead(headers, capabilities).state,
    kmsKeyId: headers["x-amz-server-side-encryption-aws-kms-key-id"],
    hasBucketKey: headers["x-amz-server-side-encryption-bucket-key-enabled"] === "true",
  };
}

export type UpdateSeen = NonNullable<BucketFindings["encryptionUpdate"]>;

interface TestObject {
  readonly bucket: string;
  readonly key: string;
  readonly body: Buffer;
  /** Resolves with the headers of HEAD after the put. */
  readonly put: (headers: RequestHeaders) => Promise<RequestHeaders>;
}

/** The headers that tell one write from another. */
const OF_WRITE = ["etag", "last-modified", "content-length", "x-amz-version-id"] as const;

/**
 * Puts a test object under SSE-S3 and updates it. A store that does not know the call may take it for a PutObject,
 * so HEAD must show the key, and the ETag, date, size and version that it showed before.
 */
export async function tryUpdate(
  { bucket, key, body, put }: TestObject,
  kmsKey: KmsKey,
  { store, capabilities }: Pick<CopyTools, "store" | "capabilities">,
): Promise<UpdateSeen> {
  const { bucketKey } = kmsKey;
  const kmsKeyArn = kmsKey.arnIn(bucket);
  if (kmsKeyArn === undefined) return notUpdated("HEAD names the key, but not by an ARN");
  try {
    const before = await put(SSE_S3.headers());
    await store.updateObjectEncryption({ bucket, key, versionId: before["x-amz-version-id"], kmsKeyArn, bucketKey });
    const { headers: after } = await store.headObject({ bucket, key });
    const changed = OF_WRITE.filter((name) => before[name] !== after[name]);
    if (changed.length > 0) return notUpdated(`it changed the ${changed.join(", ")} of a test object`);
    const { state, kmsKeyId, hasBucketKey } = keyShown(after, capabilities);
    const isUnderKey = state === "sse-kms" && kmsKeyId === kmsKeyArn && (hasBucketKey || !bucketKey);
    if (!isUnderKey) return notUpdated(`after it, HEAD shows ${state}${kmsKeyId ? `, key ${kmsKeyId}` : ""}`);
    const { body: read } = await store.getObject({ bucket, key });
    if (!body.equals(read)) return notUpdated("it changed the bytes of a test object");
    return { works: true, detail: "a test object under SSE-S3 got the key, and was otherwise the same" };
  } catch (error) {
    // A store may also answer 500 to a call that it does not know.
    if (isRefusal(error) || (error instanceof StoreError && error.kind === "server-error"))
      return notUpdated(error.message);
    throw error;
  }
}

function notUpdated(detail: string): UpdateSeen {
  return { works: false, detail };
}
