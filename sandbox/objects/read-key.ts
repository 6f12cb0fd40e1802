import type { RequestHeaders } from "../http/request-headers.js";
import { S3Error } from "../http/s3-error.js";
import type { Context } from "../operations/operation.js";
import type { Bucket } from "../storage/bucket.js";
import type { StoredObject } from "../storage/object-version.js";
import { keyOf } from "../storage/pieces.js";
import { readCustomerKey } from "./customer-key.js";

const NEEDS_KEY =
  "The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.";
const WRONG_KEY = "The provided encryption parameters did not match the ones used originally.";
const NOT_SSE_C = "The encryption parameters are not applicable to this object.";

/** Refuses what only a write may ask for. */
export function refuseEncryptionRequest(headers: RequestHeaders): void {
  if (headers["x-amz-server-side-encryption"] !== undefined) {
    throw new S3Error("InvalidArgument", {
      message: "x-amz-server-side-encryption header is not supported for this operation.",
    });
  }
}

/** The key that opens an object for this request; refuses as S3 does where the request holds the wrong one, or none. */
export function readKey(
  { store, behaviour }: Pick<Context, "store" | "behaviour">,
  bucket: Bucket,
  object: StoredObject,
  headers: RequestHeaders,
  of: "target" | "source" = "target",
): Buffer | undefined {
  const customer = readCustomerKey(headers, of);
  if (object.encryption.kind !== "sse-c") {
    if (customer !== undefined) {
      throw new S3Error("InvalidRequest", { message: NOT_SSE_C });
    }
    return keyOf(store, bucket, object, undefined);
  }
  if (customer === undefined) {
    throw new S3Error("InvalidRequest", { message: NEEDS_KEY });
  }
  if (customer.md5 !== object.encryption.keyMd5) {
    throw behaviour.wrongCustomerKey === "access-denied"
      ? new S3Error("AccessDenied")
      : new S3Error("InvalidRequest", { message: WRONG_KEY });
  }
  return customer.key;
}
