import { createHash } from "node:crypto";
import type { RequestHeaders } from "../http/request-headers.js";
import { S3Error } from "../http/s3-error.js";

export interface CustomerKey {
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
