import type { Capabilities } from "../model/capabilities.js";
import type { EncryptionState } from "../model/encryption.js";
import type { ObjectFacts } from "../model/object.js";
import type { ObjectHead } from "../store/answers.js";

const STATE_BY_ALGORITHM: Readonly<Record<string, EncryptionState>> = {
  AES256: "sse-s3",
  "aws:kms": "sse-kms",
  "aws:kms:dsse": "dsse-kms",
};

/**
 * | x-amz-server-side-encryption | …-customer-algorithm | store encrypts always | state |
 * |---|---|---|---|
 * | AES256, aws:kms, aws:kms:dsse | - | - | by its name |
 * | any other value | - | - | unknown |
 * | absent | present | - | sse-c |
 * | absent | absent | yes | provider-managed |
 * | absent | absent | no | none |
 */
export function encryptionOfHead(
  headers: ObjectHead["headers"],
  capabilities: Capabilities,
): ObjectFacts["encryption"] {
  const algorithm = headers["x-amz-server-side-encryption"];
  if (algorithm !== undefined) return { state: STATE_BY_ALGORITHM[algorithm] ?? "unknown", evidence: "head-header" };
  if (headers["x-amz-server-side-encryption-customer-algorithm"] !== undefined) {
    return { state: "sse-c", evidence: "head-header" };
  }
  if (capabilities.encryptsAlways) return { state: "provider-managed", evidence: "provider-statement" };
  return { state: "none", evidence: "head-header" };
}
