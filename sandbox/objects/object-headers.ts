import { isDenied } from "../auth/authorize.js";
import { checksumHeader } from "../body/checksum.js";
import type { Call, Context } from "../operations/operation.js";
import type { Bucket } from "../storage/bucket.js";
import type { StoredObject } from "../storage/object-version.js";
import { versionHeader } from "./find.js";
import { lockHeaders } from "./lock.js";
import { metadataHeaders } from "./metadata.js";
import { encryptionHeaders } from "./target-encryption.js";

const OVERRIDES: Readonly<Record<string, string>> = {
  "response-content-type": "content-type",
  "response-content-language": "content-language",
  "response-expires": "expires",
  "response-cache-control": "cache-control",
  "response-content-disposition": "content-disposition",
  "response-content-encoding": "content-encoding",
};

/** The headers that HEAD and GET of an object share. */
export function objectHeaders(
  call: Call,
  context: Context,
  bucket: Bucket,
  object: StoredObject,
): Record<string, string> {
  return {
    ...object.contentHeaders,
    ...overriddenHeaders(call.query),
    etag: `"${object.etag}"`,
    "last-modified": new Date(object.lastModified).toUTCString(),
    "accept-ranges": "bytes",
    ...versionHeader(bucket, object.versionId),
    ...shownEncryption(object, context),
    ...metadataHeaders(object.metadata),
    ...lockHeaders(visibleLock(object, call), context.behaviour),
    ...restoreHeader(object, context.now()),
    ...((object.storageClass !== "STANDARD" || context.behaviour.headSendsStandardClass) && {
      "x-amz-storage-class": object.storageClass,
    }),
    ...(object.redirect !== undefined && { "x-amz-website-redirect-location": object.redirect }),
    ...(context.behaviour.headCountsTags &&
      object.tags.length > 0 && { "x-amz-tagging-count": String(object.tags.length) }),
  };
}

function shownEncryption({ encryption }: StoredObject, { behaviour }: Context): Record<string, string> {
  if (encryption.kind === "sse-c" && !behaviour.headNamesCustomerKey) {
    return {};
  }
  const headers = encryptionHeaders(encryption);
  const [algorithm] = Object.entries(headers);
  return encryption.kind === "sse-kms" && !behaviour.headNamesKmsKey && algorithm !== undefined
    ? Object.fromEntries([algorithm])
    : headers;
}

/** S3 silently omits a lock for callers without the permission to see it. */
function visibleLock(
  { retention, legalHold }: StoredObject,
  { user }: Call,
): Pick<StoredObject, "retention" | "legalHold"> {
  return {
    ...(retention !== undefined && !isDenied(user, "s3:GetObjectRetention") && { retention }),
    ...(legalHold !== undefined && !isDenied(user, "s3:GetObjectLegalHold") && { legalHold }),
  };
}

/**
 * The checksum of the object, or of the requested part. Sent if `x-amz-checksum-mode` requests it, and never
 * with a range.
 */
export function checksumHeaders(call: Call, object: StoredObject): Record<string, string> {
  const asked = call.headers["x-amz-checksum-mode"]?.toUpperCase() === "ENABLED";
  if (!asked || object.checksum === undefined) {
    return {};
  }
  const { algorithm, value, type } = object.checksum;
  const number = call.query.get("partNumber");
  const shown = number === undefined || object.parts === undefined ? value : object.parts[Number(number) - 1]?.checksum;
  return shown === undefined ? {} : { [checksumHeader(algorithm)]: shown, "x-amz-checksum-type": type };
}

function overriddenHeaders(query: ReadonlyMap<string, string>): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [parameter, header] of Object.entries(OVERRIDES)) {
    const value = query.get(parameter);
    if (value !== undefined) {
      headers[header] = value;
    }
  }
  return headers;
}

function restoreHeader({ restoredUntil }: StoredObject, now: number): Record<string, string> {
  if (restoredUntil === undefined || restoredUntil <= now) {
    return {};
  }
  return { "x-amz-restore": `ongoing-request="false", expiry-date="${new Date(restoredUntil).toUTCString()}"` };
}
