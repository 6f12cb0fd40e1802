import { createHash } from "node:crypto";

/** The three headers of an SSE-C request. */
export function customerKeyHeaders(key: Buffer): Record<string, string> {
  return {
    "x-amz-server-side-encryption-customer-algorithm": "AES256",
    "x-amz-server-side-encryption-customer-key": key.toString("base64"),
    "x-amz-server-side-encryption-customer-key-md5": createHash("md5").update(key).digest("base64"),
  };
}
