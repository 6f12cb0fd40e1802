import { createHash } from "node:crypto";
import type { CustomerKey } from "../model/encryption.js";

import { rememberSecret } from "../store/secrets.js";

export const KEY_BYTES = 32;

export function customerKey(bytes: Uint8Array): CustomerKey {
  if (bytes.length !== KEY_BYTES) throw new RangeError(`a customer key is ${KEY_BYTES} bytes, not ${bytes.length}`);
  rememberSecret(bytes);
  const base64 = Buffer.from(bytes).toString("base64");
  const md5 = createHash("md5").update(bytes).digest("base64");
  const headersOf = (prefix: string) => ({
    [`${prefix}algorithm`]: "AES256",
    [`${prefix}key`]: base64,
    [`${prefix}key-md5`]: md5,
  });
  return {
    md5,
    headers: () => headersOf("x-amz-server-side-encryption-customer-"),
    sourceHeaders: () => headersOf("x-amz-copy-source-server-side-encryption-customer-"),
  };
}
