import type { CustomerKey } from "./encryption.js";
import type { StrategyName } from "./reason.js";
import { encryptedReason, type Target } from "./target.js";

/** The store's own keys (AES256). */
export const SSE_S3: Target = {
  name: "sse-s3",
  words: "is AES256",
  customerKey: null,
  kmsKey: null,
  headers: () => ({ "x-amz-server-side-encryption": "AES256" }),
  holds: ({ encryption }) => encryption.state === "sse-s3",
  settles: ({ encryption }) => encryptedReason(encryption.state),
  reasonFor: ({ encryption }) => (encryption.state === "sse-c" ? "sse-c-to-sse-s3" : "unencrypted"),
  lacks: ({ sseS3 }) => (sseS3 ? null : "sse-unsupported"),
  keepsEtag: (way, { encryption, etag }) => encryption.state !== "sse-c" && ETAGS_KEPT[way].test(etag),
  warningOf: (byDefault) => (byDefault === "sse-kms" || byDefault === "dsse-kms" ? WEAKER : null),
};

const ONE_MD5 = /^[0-9a-f]{32}$/;

/**
 * The MD5 of one piece stays in one piece, and that of several under the same parts; of other forms nothing is known, nor of
 * what is under a customer key: https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html
 */
const ETAGS_KEPT: Readonly<Record<StrategyName, RegExp>> = {
  copy: ONE_MD5,
  "copy-replacing": ONE_MD5,
  "copy-multipart": /^[0-9a-f]{32}-\d+$/,
  rewrite: ONE_MD5,
  // Writes no data.
  "update-encryption": /^/,
};

const WEAKER =
  "the bucket's default is a KMS key, and plaintext objects are copied with SSE-S3 (AES256), which is weaker than that default";

/** A customer key, which the store does not keep. */
export function sseC(key: CustomerKey): Target {
  const holds: Target["holds"] = ({ encryption, customerKey }) =>
    encryption.state === "sse-c" && customerKey?.md5 === key.md5;
  return {
    name: "sse-c",
    words: "is under the requested customer key",
    customerKey: key,
    kmsKey: null,
    headers: () => key.headers(),
    holds,
    settles: (facts) => encryptedReason(facts.encryption.state) ?? (holds(facts) ? "customer-key" : undefined),
    reasonFor: ({ encryption }) => (encryption.state === "sse-c" ? "sse-c-to-other-key" : "unencrypted-to-sse-c"),
    lacks: () => null,
    // The store is free to form the ETag of such an object otherwise.
    keepsEtag: () => false,
    warningOf: () =>
      "a bucket's default encryption cannot be a customer key: what other clients write later is not encrypted under this key",
  };
}
