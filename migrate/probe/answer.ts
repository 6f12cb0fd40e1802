import type { Property } from "../model/capabilities.js";
import { OPERATIONS, type Operation } from "../store/operations.js";
import type { StoreError } from "../store/store-error.js";

/** The topics of a probe, in the order of its report. */
export const SECTIONS = {
  bucket: ["versioning", "object-lock", "default-encryption", "listing-encoding"],
  encryption: [
    "put-with-sse",
    "head-sse-after-put",
    "put-without-sse",
    "self-copy",
    "self-copy-replacing",
    "head-sse-after-copy",
  ],
  kept: [
    "body-after-copy",
    "etag-after-copy",
    "content-headers-after-copy",
    "metadata-after-copy",
    "object-tagging",
    "tags-counted",
    "tags-after-copy",
    "tagging-header-on-put",
    "tagging-header-on-upload",
    "owner-of-writes",
    "object-acl",
    "grant-form",
    "acl-sent-with-put",
    "acl-after-copy",
    "acl-sent-with-copy",
    "acl-sent-with-upload",
    "storage-class-after-copy",
    "storage-class-sent-with-copy",
    "kept-by-copy",
    "kept-by-copy-replacing",
    "kept-by-copy-in-parts",
    "kept-by-rewrite",
  ],
  conditions: [
    "put-if-match-quoted",
    "put-if-match-bare",
    "copy-if-match",
    "copy-source-if-match",
    "upload-part-copy",
    "part-copy-percent",
    "part-etag",
    "part-copy-source-if-match",
    "complete-if-match",
  ],
  locks: ["read-retention", "read-legal-hold", "write-retention", "write-legal-hold"],
} as const;

export type Section = keyof typeof SECTIONS;
export type Topic = (typeof SECTIONS)[Section][number];
export const TOPICS: readonly Topic[] = Object.values(SECTIONS).flat();

/** Why a topic is not observable on a bucket. */
export type NotObservable =
  | "locked-by-default"
  | "lock-unreadable"
  | "versions-unlistable"
  | "no-right-to-write"
  | "no-right-to-delete"
  | "first-object-failed"
  | "encrypted-on-arrival"
  | "default-encryption-set"
  | "always-encrypted"
  | "plaintext-unproven"
  | "sse-refused"
  | "copy-refused"
  | "metadata-sent-again"
  | "no-tags"
  | "no-acl"
  | "acl-unreadable"
  | "owner-unnamed"
  | "grants-refused"
  | "tags-not-kept"
  | "no-class-listed"
  | "class-refused"
  | "part-copy-refused"
  | "not-listed-yet"
  | "no-lock"
  | "interrupted"
  | "out-of-reach";

/** The answer that settled a question. */
export interface Evidence {
  readonly operation: Operation;
  /** `null` if no answer arrived. */
  readonly status: number | null;
  /** S3's error code; `null` if the call was accepted. */
  readonly code: string | null;
  readonly detail: string;
}

/** The finding on one topic. It is never a guess, and never copied from documentation. */
export type Answer = { readonly topic: Topic } & (
  | {
      readonly kind: "yes" | "no";
      readonly evidence: Evidence;
      /** The properties that a copy strategy lost of a complete test object. */
      readonly lost?: readonly Property[];
    }
  | { readonly kind: "is"; readonly value: string; readonly evidence: Evidence }
  | { readonly kind: "not-observable"; readonly because: NotObservable }
  /** A call that does not answer the question failed. `missingRights` may name more than is missing. */
  | { readonly kind: "failed"; readonly evidence: Evidence; readonly missingRights: readonly string[] }
);

export function yes(topic: Topic, operation: Operation, detail: string): Answer {
  return { topic, kind: "yes", evidence: accepted(operation, detail) };
}

/** `no`: the store rejected the call explicitly. */
export function refusal(topic: Topic, error: StoreError, detail = "refused"): Answer {
  return { topic, kind: "no", evidence: evidenceOf(error, detail) };
}

/** `no`: the call was accepted, but its effect was missing. */
export function no(topic: Topic, operation: Operation, detail: string): Answer {
  return { topic, kind: "no", evidence: accepted(operation, detail) };
}

/** `no`: the copy was accepted, but lacked properties of the object. */
export function lost(topic: Topic, properties: readonly Property[], detail: string): Answer {
  return { topic, kind: "no", evidence: accepted("headObject", detail), lost: properties };
}

export function is(topic: Topic, value: string, operation: Operation, detail: string): Answer {
  return { topic, kind: "is", value, evidence: accepted(operation, detail) };
}

export function notObservable(topic: Topic, because: NotObservable): Answer {
  return { topic, kind: "not-observable", because };
}

export function failed(topic: Topic, error: StoreError): Answer {
  const evidence = evidenceOf(error, error.facts.message);
  return { topic, kind: "failed", evidence, missingRights: rightsOf(error) };
}

export function evidenceOf({ facts: { operation, status, code } }: StoreError, detail: string): Evidence {
  return { operation, status, code, detail };
}

function accepted(operation: Operation, detail: string): Evidence {
  return { operation, status: 200, code: null, detail };
}

/** The form in which AWS names a missing action. */
const NAMED = /\bs3:[A-Z][A-Za-z]+/g;

/**
 * The actions that a denied call needs: the one that the store names, otherwise all of them. Empty if the
 * error is not about permissions.
 */
export function rightsOf({ kind, facts: { operation, message } }: StoreError): readonly string[] {
  if (kind !== "access-denied") return [];
  return message.match(NAMED) ?? OPERATIONS[operation].actions;
}

export const LOCKS_BY_DEFAULT = "locks by default";

export function hasNoVersions(found: ReadonlyMap<Topic, Answer>): boolean {
  const versioning = found.get("versioning");
  return versioning?.kind === "no" || (versioning?.kind === "is" && versioning.value === "never");
}
