import type { RequestHeaders } from "../store/object-store.js";
import type { CustomerKey, EncryptionState } from "./encryption.js";
import type { ObjectFacts } from "./object.js";
import type { CopyReason, EncryptedReason } from "./reason.js";

export const TARGETS = ["sse-s3", "sse-c"] as const;

/** How objects are to be encrypted. */
export type Target = { readonly kind: "sse-s3" } | { readonly kind: "sse-c"; readonly key: CustomerKey };

/** What asks for it, on every call that begins an object. */
export function targetHeaders(target: Target): RequestHeaders {
  return target.kind === "sse-s3" ? { "x-amz-server-side-encryption": "AES256" } : target.key.headers();
}

/** The key of what was copied there; `null` where it needs none. */
export function targetKey(target: Target): CustomerKey | null {
  return target.kind === "sse-c" ? target.key : null;
}

/** Whether HEAD took this very key. */
export function isUnderTargetKey({ encryption, customerKey }: ObjectFacts, target: Target): boolean {
  return target.kind === "sse-c" && encryption.state === "sse-c" && customerKey?.md5 === target.key.md5;
}

/** Whether it is encrypted in the way that was asked for. */
export function isAsAsked(facts: ObjectFacts, target: Target): boolean {
  return target.kind === "sse-s3" ? facts.encryption.state === "sse-s3" : isUnderTargetKey(facts, target);
}

/** What a copy changes of an object's encryption. */
export function encryptionChange({ encryption }: ObjectFacts, target: Target): CopyReason {
  if (encryption.state === "sse-c") return target.kind === "sse-c" ? "sse-c-to-other-key" : "sse-c-to-sse-s3";
  return target.kind === "sse-c" ? "unencrypted-to-sse-c" : "unencrypted";
}

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
