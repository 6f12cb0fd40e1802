import { randomBytes } from "node:crypto";
import type { ConditionSupport } from "../behaviour.js";
import { S3Error } from "../http/s3-error.js";
import type { Call, Context } from "../operations/operation.js";
import type { Bucket, Change } from "../storage/bucket.js";
import { NULL_VERSION, type StoredObject } from "../storage/object-version.js";
import { checkWriteConditions } from "./conditions.js";
import { currentObject, findVersion } from "./find.js";
import { checkDeletable } from "./lock.js";

type NewObject = Omit<StoredObject, "versionId" | "lastModified">;

/** Checks the conditions and puts the object on top, atomically. */
export async function commitObject(
  call: Call,
  context: Context,
  bucket: Bucket,
  object: NewObject,
  conditions: ConditionSupport,
  ...further: readonly Change[]
): Promise<StoredObject> {
  if (context.store.buckets.get(bucket.facts.name) !== bucket) {
    throw new S3Error("NoSuchBucket", { fields: { BucketName: bucket.facts.name } });
  }
  checkWriteConditions(context, call.headers, currentObject(bucket, object.key), conditions);
  const version: StoredObject = { ...object, versionId: newVersionId(bucket), lastModified: context.now() };
  await context.store.commit(bucket, { kind: "put", version }, ...further);
  return version;
}

function newVersionId(bucket: Bucket): string {
  return bucket.facts.versioning === "enabled" ? randomBytes(24).toString("base64url") : NULL_VERSION;
}

interface DeleteRequest {
  readonly key: string;
  readonly versionId: string | undefined;
  readonly bypassGovernance: boolean;
}

/** The version that was removed, or the delete marker that was put on top. */
export interface Deletion {
  readonly versionId: string | undefined;
  readonly isMarker: boolean;
}

export async function deleteVersion(context: Context, bucket: Bucket, request: DeleteRequest): Promise<Deletion> {
  const { key, versionId } = request;
  if (versionId !== undefined) {
    const version = findVersion(bucket, key, versionId);
    checkDeletable(version, context.now(), request.bypassGovernance);
    await context.store.commit(bucket, { kind: "remove", key, versionId });
    const current = currentObject(bucket, key);
    if (context.behaviour.removalTakesCurrentBody && current !== undefined) {
      await context.store.commit(bucket, { kind: "update", version: { ...current, pieces: [], sizeBytes: 0 } });
    }
    return { versionId, isMarker: version?.kind === "delete-marker" };
  }
  if (bucket.facts.versioning === "off") {
    await context.store.commit(bucket, { kind: "remove", key, versionId: NULL_VERSION });
    return { versionId: undefined, isMarker: false };
  }
  const marker = newVersionId(bucket);
  const version = { kind: "delete-marker", key, versionId: marker, lastModified: context.now() } as const;
  await context.store.commit(bucket, { kind: "put", version });
  return { versionId: marker, isMarker: true };
}
