import { randomBytes } from "node:crypto";
import type { ConditionSupport } from "../behaviour.js";
import { S3Error } from "../http/s3-error.js";
import type { Call, Context } from "../operations/operation.js";
import type { Bucket } from "../storage/bucket.js";
import type { Change } from "../storage/change.js";
import { NULL_VERSION, type StoredObject } from "../storage/object-version.js";
import { checkWriteConditions } from "./conditions.js";
import { currentObject } from "./find.js";

export type NewObject = Omit<StoredObject, "versionId" | "lastModified">;

/** Checks the conditions and puts the object on top, with nothing in between. */
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

export function newVersionId(bucket: Bucket): string {
  return bucket.facts.versioning === "enabled" ? randomBytes(24).toString("base64url") : NULL_VERSION;
}
