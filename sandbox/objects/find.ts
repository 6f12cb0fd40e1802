import type { Behaviour } from "../behaviour.js";
import { S3Error } from "../http/s3-error.js";
import type { Call, Context } from "../operations/operation.js";
import type { Bucket, MultipartUpload } from "../storage/bucket.js";
import type { ObjectVersion, StoredObject } from "../storage/object-version.js";

export function findBucket(context: Context, name: string): Bucket {
  const bucket = context.store.buckets.get(name);
  if (bucket === undefined) {
    throw new S3Error("NoSuchBucket", { fields: { BucketName: name } });
  }
  return bucket;
}

/** The newest version of a key, unless it is a delete marker. */
export function currentObject(bucket: Bucket, key: string): StoredObject | undefined {
  const newest = bucket.versions.get(key)?.[0];
  return newest?.kind === "object" ? newest : undefined;
}

export function findVersion(bucket: Bucket, key: string, versionId: string): ObjectVersion | undefined {
  return bucket.versions.get(key)?.find((version) => version.versionId === versionId);
}

/** The object named by the key and `versionId` of a request. */
export function findObject(bucket: Bucket, call: Pick<Call, "key" | "query">): StoredObject {
  return requireObject(bucket, call.key, call.query.get("versionId"));
}

export function requireObject(bucket: Bucket, key: string, versionId: string | undefined): StoredObject {
  const version = versionId === undefined ? bucket.versions.get(key)?.[0] : findVersion(bucket, key, versionId);
  if (version?.kind === "object") {
    return version;
  }
  if (version === undefined) {
    throw versionId === undefined
      ? new S3Error("NoSuchKey", { fields: { Key: key } })
      : new S3Error("NoSuchVersion", { fields: { Key: key, VersionId: versionId } });
  }
  const headers = { "x-amz-delete-marker": "true", "x-amz-version-id": version.versionId };
  throw versionId === undefined
    ? new S3Error("NoSuchKey", { fields: { Key: key }, headers })
    : new S3Error("MethodNotAllowed", { headers: { ...headers, allow: "DELETE" } });
}

/** `x-amz-version-id`, which buckets that were never versioned do not send. */
export function versionHeader({ facts }: Bucket, versionId: string): Record<string, string> {
  return facts.versioning === "off" || facts.neverVersioned === true ? {} : { "x-amz-version-id": versionId };
}

const MAX_PARTS = 10_000;

export function findUpload(bucket: Bucket, call: Call): MultipartUpload {
  const uploadId = call.query.get("uploadId") ?? "";
  const upload = bucket.uploads.get(uploadId);
  if (upload === undefined || upload.plan.key !== call.key) {
    throw new S3Error("NoSuchUpload", { fields: { UploadId: uploadId } });
  }
  return upload;
}

export function readPartNumber(call: Call): number {
  const number = Number(call.query.get("partNumber"));
  if (!Number.isInteger(number) || number < 1 || number > MAX_PARTS) {
    throw new S3Error("InvalidArgument", {
      message: `Part number must be an integer between 1 and ${MAX_PARTS}, inclusive`,
      fields: { ArgumentName: "partNumber", ArgumentValue: call.query.get("partNumber") ?? "" },
    });
  }
  return number;
}

/** Rejects reads of an archived object that was not restored. */
export function checkReadable(object: StoredObject, behaviour: Behaviour, now: number): void {
  const archived = behaviour.archiveClasses.includes(object.storageClass);
  if (archived && (object.restoredUntil === undefined || object.restoredUntil <= now)) {
    throw new S3Error("InvalidObjectState", { fields: { StorageClass: object.storageClass } });
  }
}
