import type { RequestHeaders } from "../store/object-store.js";

/** How an object is encrypted at rest, as far as was seen. */
export const ENCRYPTION_STATES = [
  "none",
  "sse-s3",
  "sse-kms",
  "dsse-kms",
  "sse-c",
  "provider-managed",
  "unknown",
] as const;
export type EncryptionState = (typeof ENCRYPTION_STATES)[number];

/** What a state was read from, strongest first. */
export const EVIDENCE = [
  "head-header",
  "write-response",
  "inventory",
  "baseline",
  "bucket-default",
  "provider-statement",
] as const;
export type Evidence = (typeof EVIDENCE)[number];

export const STATE_WORDS: Readonly<Record<EncryptionState, string>> = {
  none: "not encrypted by the store",
  "sse-s3": "SSE-S3 (AES256)",
  "sse-kms": "SSE-KMS (aws:kms)",
  "dsse-kms": "DSSE-KMS (aws:kms:dsse)",
  "sse-c": "SSE-C (customer key)",
  "provider-managed": "encrypted by the provider, on its own statement",
  unknown: "could not be seen",
};

export const EVIDENCE_WORDS: Readonly<Record<Evidence, string>> = {
  "head-header": "the object's own HEAD answer",
  "write-response": "the answer to the write",
  inventory: "an inventory file of the store",
  baseline: "an earlier verified run, object unchanged since",
  "bucket-default": "the bucket's default encryption",
  "provider-statement": "the provider's documentation",
};

/**
 * A 256-bit key for SSE-C. Its bytes are in a closure, so that nothing of them shows where it is printed, logged or
 * written as JSON.
 */
export interface CustomerKey {
  /** Base64, as it goes beside the key on every request; tells nothing of the key. */
  readonly md5: string;
  /** Of a request that reads or writes an object under this key. */
  readonly headers: () => RequestHeaders;
  /** Of a copy whose source is under this key. */
  readonly sourceHeaders: () => RequestHeaders;
}

export const DEFAULT_ENCRYPTIONS = ["none", "sse-s3", "sse-kms", "dsse-kms", "unreadable", "unsupported"] as const;
export type DefaultEncryption = (typeof DEFAULT_ENCRYPTIONS)[number];

const ENCRYPTING: ReadonlySet<DefaultEncryption> = new Set(["sse-s3", "sse-kms", "dsse-kms"]);

/** Whether it was seen to encrypt what arrives. */
export function isEncrypting(found: DefaultEncryption): boolean {
  return ENCRYPTING.has(found);
}
