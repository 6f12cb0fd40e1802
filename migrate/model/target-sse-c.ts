import type { CustomerKey } from "./encryption.js";
import { encryptedReason, type Target } from "./target.js";

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
