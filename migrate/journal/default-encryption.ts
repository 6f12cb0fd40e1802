export const DEFAULT_ENCRYPTIONS = ["none", "sse-s3", "sse-kms", "dsse-kms", "unreadable", "unsupported"] as const;
export type DefaultEncryption = (typeof DEFAULT_ENCRYPTIONS)[number];

const ENCRYPTING: ReadonlySet<DefaultEncryption> = new Set(["sse-s3", "sse-kms", "dsse-kms"]);

/** Whether it was seen to encrypt what arrives. */
export function isEncrypting(found: DefaultEncryption): boolean {
  return ENCRYPTING.has(found);
}
