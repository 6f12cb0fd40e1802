import { createHash } from "node:crypto";
import type { RequestHeaders } from "../http/read-request.js";
import { S3Error } from "../http/s3-error.js";
import type { Context } from "../operations/operation.js";
import type { Bucket } from "../storage/bucket.js";
import type { StoredObject } from "../storage/object-version.js";
import { keyOf } from "../storage/pieces.js";

interface CustomerKey {
  readonly key: Buffer;
  readonly md5: string;
}

const TARGET = "x-amz-server-side-encryption-customer-";
const SOURCE = "x-amz-copy-source-server-side-encryption-customer-";
const KEY_BYTES = 32;
const REQUESTS = "Requests specifying Server Side Encryption with Customer provided keys must provide";

/** The SSE-C key of a request, or of the source of a copy. */
export function readCustomerKey(headers: RequestHeaders, of: "target" | "source" = "target"): CustomerKey | undefined {
  const prefix = of === "target" ? TARGET : SOURCE;
  const algorithm = headers[`${prefix}algorithm`];
  const encoded = headers[`${prefix}key`];
  const md5 = headers[`${prefix}key-md5`];
  if (algorithm === undefined && encoded === undefined && md5 === undefined) {
    return undefined;
  }
  if (algorithm === undefined) {
    throw invalid(`${REQUESTS} a valid encryption algorithm.`);
  }
  if (algorithm !== "AES256") {
    throw new S3Error("InvalidEncryptionAlgorithmError");
  }
  if (encoded === undefined) {
    throw invalid(`${REQUESTS} an appropriate secret key.`);
  }
  if (md5 === undefined) {
    throw invalid(`${REQUESTS} the client calculated MD5 of the secret key.`);
  }
  return checkedKey(Buffer.from(encoded, "base64"), md5);
}

function checkedKey(key: Buffer, md5: string): CustomerKey {
  if (key.length !== KEY_BYTES) {
    throw invalid("The secret key was invalid for the specified algorithm.");
  }
  if (createHash("md5").update(key).digest("base64") !== md5) {
    throw invalid("The calculated MD5 hash of the key did not match the hash that was provided.");
  }
  return { key, md5 };
}

function invalid(message: string): S3Error {
  return new S3Error("InvalidArgument", { message });
}

const NEEDS_KEY =
  "The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.";
const WRONG_KEY = "The provided encryption parameters did not match the ones used originally.";
const NOT_SSE_C = "The encryption parameters are not applicable to this object.";

/** Rejects headers that only a write may have. */
export function refuseEncryptionRequest(headers: RequestHeaders): void {
  if (headers["x-amz-server-side-encryption"] !== undefined) {
    throw new S3Error("InvalidArgument", {
      message: "x-amz-server-side-encryption header is not supported for this operation.",
    });
  }
}

/**
 * The key that decrypts the object for this request. Rejects as S3 does if the request has a wrong key, or
 * none.
 */
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
