import type { RequestHeaders } from "../store/object-store.js";

/** The encryption at rest of an object, as far as it is known. */
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

/** The source of a state, strongest first. */
export const EVIDENCE = [
  "head-header",
  "write-response",
  "inventory",
  "baseline",
  "bucket-default",
  "provider-statement",
] as const;
export type Evidence = (typeof EVIDENCE)[number];

export const STATE_WORDS = {
  none: "not encrypted by the store",
  "sse-s3": "SSE-S3 (AES256)",
  "sse-kms": "SSE-KMS (aws:kms)",
  "dsse-kms": "DSSE-KMS (aws:kms:dsse)",
  "sse-c": "SSE-C (customer key)",
  "provider-managed": "encrypted according to the provider's own statement",
  unknown: "could not be seen",
} as const satisfies Readonly<Record<EncryptionState, string>>;

export const EVIDENCE_WORDS = {
  "head-header": "the object's own HEAD answer",
  "write-response": "the answer to the write",
  inventory: "an inventory file of the store",
  baseline: "an earlier verified run, object unchanged since",
  "bucket-default": "the bucket's default encryption",
  "provider-statement": "the provider's documentation",
} as const satisfies Readonly<Record<Evidence, string>>;

/**
 * A 256-bit key for SSE-C. Its bytes are kept in a closure, so that printing, logging or serialising this
 * object reveals nothing of them.
 */
export interface CustomerKey {
  /** Base64, as sent next to the key in every request; reveals nothing about the key. */
  readonly md5: string;
  /** The headers of a request that reads or writes an object under this key. */
  readonly headers: () => RequestHeaders;
  /** The headers of a copy whose source is under this key. */
  readonly sourceHeaders: () => RequestHeaders;
}

export const DEFAULT_ENCRYPTIONS = ["none", "sse-s3", "sse-kms", "dsse-kms", "unreadable", "unsupported"] as const;
export type DefaultEncryption = (typeof DEFAULT_ENCRYPTIONS)[number];

const ENCRYPTING: ReadonlySet<DefaultEncryption> = new Set(["sse-s3", "sse-kms", "dsse-kms"]);

/** Whether the default is known to encrypt new objects. */
export function isEncrypting(found: DefaultEncryption): boolean {
  return ENCRYPTING.has(found);
}
