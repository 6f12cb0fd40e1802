import type { ObjectFacts } from "../inspect/object-facts.js";
import type { CopyReason } from "./reason.js";
import type { Target } from "./target.js";

/** What a copy changes of an object's encryption. */
export function encryptionChange({ encryption }: ObjectFacts, target: Target): CopyReason {
  if (encryption.state === "sse-c") return target.kind === "sse-c" ? "sse-c-to-other-key" : "sse-c-to-sse-s3";
  return target.kind === "sse-c" ? "unencrypted-to-sse-c" : "unencrypted";
}
