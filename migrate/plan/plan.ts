import type { z } from "zod";
import type { EncryptionState } from "../inspect/encryption-state.js";
import type { ObjectFacts } from "../inspect/object-facts.js";
import type { decisionSchema } from "../journal/record.js";
import type { Capabilities } from "./capabilities.js";
import type { EncryptedReason } from "./reason.js";

export type Decision = z.infer<typeof decisionSchema>;

export interface Policy {
  /** Objects larger than this are copied in parts. Bytes. */
  readonly copyCutoffBytes: number;
  /** The size of a part where the source has none of its own. Bytes. */
  readonly partBytes: number;
}

const ENCRYPTED: Readonly<Partial<Record<EncryptionState, EncryptedReason>>> = {
  "sse-s3": "sse-s3",
  "sse-kms": "stronger-encryption",
  "dsse-kms": "stronger-encryption",
  "provider-managed": "provider-managed",
};

/**
 * What to do with one object, and why. The first row that fits decides:
 *
 * | state | and | decision |
 * |---|---|---|
 * | sse-s3, sse-kms, dsse-kms, provider-managed | - | skip |
 * | sse-c | - | skip: sse-c-without-key |
 * | unknown | - | skip: unrecognised-encryption |
 * | none | archived | skip: archived |
 * | | the store has no SSE-S3, or no copy | refuse |
 * | | larger than its parts allow | refuse |
 * | | above the cutoff | copy-multipart |
 * | | - | copy |
 */
export function plan(facts: ObjectFacts, policy: Policy, capabilities: Capabilities): Decision {
  const encrypted = ENCRYPTED[facts.encryption.state];
  if (encrypted) return { kind: "skip", reason: encrypted };
  if (facts.encryption.state === "sse-c") return { kind: "skip", reason: "sse-c-without-key" };
  if (facts.encryption.state === "unknown") return { kind: "skip", reason: "unrecognised-encryption" };
  if (facts.archived) return { kind: "skip", reason: "archived" };
  if (!capabilities.sseS3) return { kind: "refuse", reason: "sse-unsupported" };
  if (!capabilities.selfCopy) return { kind: "refuse", reason: "copy-unsupported" };
  if (facts.sizeBytes > largestObjectBytes(capabilities)) return { kind: "refuse", reason: "larger-than-store-allows" };
  const cutoff = Math.min(policy.copyCutoffBytes, capabilities.maxCopyBytes);
  // A multipart copy of nothing has no part to send.
  const inParts = facts.sizeBytes > cutoff && facts.sizeBytes > 0;
  return inParts
    ? { kind: "copy-multipart", reason: "unencrypted-above-copy-cutoff" }
    : { kind: "copy", reason: "unencrypted" };
}

function largestObjectBytes({ maxObjectBytes, maxPartBytes, maxParts }: Capabilities): number {
  return Math.min(maxObjectBytes, maxPartBytes * maxParts);
}
