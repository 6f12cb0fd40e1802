import type { z } from "zod";
import type { EncryptionState } from "../inspect/encryption-state.js";
import type { ObjectFacts } from "../inspect/object-facts.js";
import type { decisionSchema, StrategyName } from "../journal/record.js";
import type { Capabilities } from "./capabilities.js";
import type { EncryptedReason } from "./reason.js";

export type Decision = z.infer<typeof decisionSchema>;
export type CopyDecision = Extract<Decision, { kind: StrategyName }>;

export interface Policy {
  /** Objects larger than this are copied in parts. Bytes. */
  readonly copyCutoffBytes: number;
  /** The size of a part where the source has none of its own. Bytes. */
  readonly partBytes: number;
  /** `strict` copies nothing without a condition on the destination, so that no write of others can be undone. */
  readonly race: Race;
  /** What an object may lose where it cannot be read, rather than be refused for it. */
  readonly acceptLoss: readonly Loss[];
}

export const LOSSES = ["acl", "tags"] as const;
export type Loss = (typeof LOSSES)[number];

export const RACES = ["auto", "strict"] as const;
export type Race = (typeof RACES)[number];

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
 *
 * With `race: strict` the last two hold where that copy takes a condition on its destination; elsewhere:
 *
 * | not empty, and a copy in parts takes one | copy-multipart |
 * | - | refuse: no-destination-condition |
 *
 * What would be copied in parts and has metadata that HEAD does not show is refused: metadata-cannot-be-carried.
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
  const bySize = copyBySize(facts.sizeBytes, policy, capabilities);
  const conditional = bySize.kind === "copy" ? capabilities.copyIfMatch : capabilities.completeMultipartIfMatch;
  const decision = conditional || policy.race === "auto" ? bySize : strictly(facts.sizeBytes, capabilities);
  const dropsMetadata = decision.kind === "copy-multipart" && facts.hiddenMetadata > 0;
  return dropsMetadata ? { kind: "refuse", reason: "metadata-cannot-be-carried" } : decision;
}

function copyBySize(sizeBytes: number, policy: Policy, { maxCopyBytes }: Capabilities): CopyDecision {
  const cutoff = Math.min(policy.copyCutoffBytes, maxCopyBytes);
  // A multipart copy of nothing has no part to send.
  return sizeBytes > cutoff && sizeBytes > 0
    ? { kind: "copy-multipart", reason: "unencrypted-above-copy-cutoff" }
    : { kind: "copy", reason: "unencrypted" };
}

function strictly(sizeBytes: number, { completeMultipartIfMatch }: Capabilities): Decision {
  return completeMultipartIfMatch && sizeBytes > 0
    ? { kind: "copy-multipart", reason: "unencrypted-strict" }
    : { kind: "refuse", reason: "no-destination-condition" };
}

function largestObjectBytes({ maxObjectBytes, maxPartBytes, maxParts }: Capabilities): number {
  return Math.min(maxObjectBytes, maxPartBytes * maxParts);
}
