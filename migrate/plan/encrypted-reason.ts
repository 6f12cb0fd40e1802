import type { EncryptionState } from "../inspect/encryption-state.js";
import type { EncryptedReason } from "./reason.js";

const ENCRYPTED: Readonly<Partial<Record<EncryptionState, EncryptedReason>>> = {
  "sse-s3": "sse-s3",
  "sse-kms": "stronger-encryption",
  "dsse-kms": "stronger-encryption",
  "provider-managed": "provider-managed",
};

/** Why an object in this state needs nothing, whatever was asked for; `undefined` where it may need something. */
export function encryptedReason(state: EncryptionState): EncryptedReason | undefined {
  return ENCRYPTED[state];
}
