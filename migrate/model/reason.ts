import { z } from "zod";
import type { StoreError, StoreErrorKind } from "../store/store-error.js";

/**
 * `copy`: one CopyObject. `copy-replacing`: one CopyObject that sends all metadata again. `copy-multipart`: a
 * copy in parts. `rewrite`: GET, then PUT of the same bytes. `update-encryption`: UpdateObjectEncryption, which
 * puts an encrypted object under a KMS key and writes no data.
 */
export const STRATEGIES = ["copy", "copy-replacing", "copy-multipart", "rewrite", "update-encryption"] as const;
export type StrategyName = (typeof STRATEGIES)[number];

/**
 * The protection of concurrent writes against being overwritten by the copy. `none`: the store supports no
 * condition, so a write after the look at the object could be lost. `source`: only the source was
 * conditional, so a write during the copy itself could be lost. `source-and-destination`: the copy also
 * replaced the object only if it was unchanged, so no write could be lost. `nothing-replaced`: only the encryption
 * changed, so there was no write to lose.
 */
export const RACE_GUARDS = ["none", "source", "source-and-destination", "nothing-replaced"] as const;
export type RaceGuard = (typeof RACE_GUARDS)[number];

/** Why an encrypted object needs no copy. */
export const ENCRYPTED_REASONS = [
  "sse-s3",
  "stronger-encryption",
  "provider-managed",
  "customer-key",
  "kms-key",
] as const;
export type EncryptedReason = (typeof ENCRYPTED_REASONS)[number];

/** Why an object is copied. */
export const COPY_REASONS = [
  "unencrypted",
  "unencrypted-above-copy-cutoff",
  "unencrypted-guarded",
  "unencrypted-keeping-etag",
  "unencrypted-no-plain-copy",
  "unencrypted-to-sse-c",
  "sse-c-to-sse-s3",
  "sse-c-to-other-key",
  "unencrypted-to-sse-kms",
  "sse-s3-to-sse-kms",
  "sse-kms-to-other-key",
  "sse-c-to-sse-kms",
] as const;
export type CopyReason = (typeof COPY_REASONS)[number];

/** Why an object was left unchanged. */
export const SKIP_REASONS = [
  "audit-only",
  "dry-run",
  "sse-c-without-key",
  "sse-c-wrong-key",
  "archived",
  "restored-archive",
  "unrecognised-encryption",
] as const;
export type SkipReason = (typeof SKIP_REASONS)[number];

/** Why a copy was not attempted: it could have lost something. */
export const REFUSE_REASONS = [
  "copy-unsupported",
  "no-way-left",
  "sse-unsupported",
  "larger-than-store-allows",
  "no-destination-condition",
  "would-be-locked",
  "would-replace-null-version",
  "etag-cannot-be-kept",
  "metadata-cannot-be-carried",
  "storage-class-cannot-be-carried",
  "acl-cannot-be-carried",
  "owner-would-lose-access",
  "tags-cannot-be-carried",
] as const;
export type RefuseReason = (typeof REFUSE_REASONS)[number];

/** Why an unencrypted noncurrent version still exists. */
export const VERSION_LEFT_REASONS = [
  "audit-only",
  "dry-run",
  "versions-kept",
  "locked",
  "beneath-delete-marker",
  "newest-not-encrypted",
  "became-current",
  "null-while-suspended",
  "history-not-recreated",
  "removals-stopped",
] as const;
export type VersionLeftReason = (typeof VERSION_LEFT_REASONS)[number];

export const VERSION_LEFT_WORDS = {
  "audit-only": "not encrypted; an audit changes nothing",
  "dry-run": "not encrypted, and left unchanged: this was a dry run",
  "versions-kept": "not encrypted, and kept: neither --versions replay nor --versions purge was given",
  locked: "not encrypted, and locked: it cannot be removed before its lock ends",
  "beneath-delete-marker":
    "not encrypted, and its key is deleted: re-creating it would undelete the object (--versions purge removes it)",
  "newest-not-encrypted": "not encrypted, and kept, because the newest version of its key is not encrypted either",
  "became-current": "not encrypted, and kept: newer versions were deleted meanwhile, so it is the current version now",
  "null-while-suspended":
    "not encrypted, and kept: while versioning is suspended, any write creates a new null version, which might be removed instead",
  "removals-stopped":
    "not encrypted, and kept: an earlier removal in this run damaged the current object, so nothing more was removed",
  "history-not-recreated":
    "not encrypted: the history of its key was not re-created, and the record of its current version says why",
} as const satisfies Readonly<Record<VersionLeftReason, string>>;

/** The failure of one object. The run continued. */
export const FAIL_REASONS = [
  "access-denied",
  "signature-refused",
  "kept-changing",
  "listed-not-found",
  "unreadable-key",
  "unreadable-size",
  "unreadable-date",
  "size-unknown",
  "throttled",
  "unreachable",
  "store-error",
  "not-encrypted-after-copy",
  "differs-after-copy",
] as const;
export type FailReason = (typeof FAIL_REASONS)[number];

/** Why an object in a manifest was not examined. */
export const NOT_FOUND_REASONS = ["not-in-bucket", "not-as-named"] as const;
export type NotFoundReason = (typeof NOT_FOUND_REASONS)[number];

export type Reason =
  | EncryptedReason
  | CopyReason
  | SkipReason
  | RefuseReason
  | FailReason
  | NotFoundReason
  | "vanished";

export const REASON_WORDS = {
  "sse-s3": "already encrypted with SSE-S3",
  "stronger-encryption": "already encrypted with a KMS key",
  "provider-managed": "the provider states that it encrypts every object",
  "customer-key": "already encrypted under the requested customer key (SSE-C)",
  "kms-key": "already encrypted under the requested KMS key (SSE-KMS)",
  unencrypted: "not encrypted: copied onto itself with SSE-S3",
  "unencrypted-above-copy-cutoff": "not encrypted and above the copy cutoff: copied in parts",
  "unencrypted-guarded": "not encrypted: copied in the way that protects concurrent writes",
  "unencrypted-keeping-etag": "not encrypted: copied in the way that keeps its ETag",
  "unencrypted-no-plain-copy": "not encrypted: copied in another way, because a plain copy is not enough",
  "unencrypted-to-sse-c": "not encrypted: copied onto itself under the customer key (SSE-C)",
  "sse-c-to-sse-s3": "under a customer key (SSE-C): copied onto itself with SSE-S3",
  "sse-c-to-other-key": "under another customer key (SSE-C): copied onto itself under the requested one",
  "unencrypted-to-sse-kms": "not encrypted: copied onto itself under the KMS key (SSE-KMS)",
  "sse-s3-to-sse-kms": "encrypted with SSE-S3: brought under the KMS key (SSE-KMS)",
  "sse-kms-to-other-key": "under another KMS key (SSE-KMS): brought under the requested one",
  "sse-c-to-sse-kms": "under a customer key (SSE-C): copied onto itself under the KMS key (SSE-KMS)",
  "audit-only": "not encrypted; an audit changes nothing",
  "dry-run": "would be copied, but this was a dry run",
  "sse-c-without-key": "encrypted with a customer key that was not given (SSE-C)",
  "sse-c-wrong-key": "encrypted with a different customer key than the one given for its name (SSE-C)",
  archived: "in an archive class: restore it before it can be copied",
  "restored-archive":
    "temporarily restored from an archive class: its copy would be archived again (--restored-class sets a readable class for the copy, and --accept-loss restore accepts the archiving)",
  "unrecognised-encryption": "HEAD shows an encryption that bucketseal does not know: left unchanged",
  "copy-unsupported": "the store has no server-side copy",
  "no-way-left": "every way of copying it has left an object unencrypted, or has lost something of an object",
  "sse-unsupported": "the store does not encrypt: it refuses SSE-S3, or HEAD does not show it",
  "larger-than-store-allows": "larger than the store's multipart limits allow",
  "no-destination-condition":
    "a concurrent write during the copy could be undone: --race strict was given, or the object would pass through this machine",
  "would-be-locked":
    "the bucket's default retention would lock the copy, and the object is not locked: remove the default retention for the migration",
  "would-replace-null-version":
    "the bucket's versioning is suspended, and a copy would destroy a noncurrent version of it (the null version)",
  "etag-cannot-be-kept": "no way of copying it would keep its ETag, and --etag keep was given",
  "metadata-cannot-be-carried":
    "its metadata would be dropped: HEAD cannot show all of it, or copies on this store do not keep it",
  "storage-class-cannot-be-carried":
    "copies on this store do not keep its storage class, or do not accept the requested one",
  "acl-cannot-be-carried":
    "its access control list could not be read, or copies on this store do not accept it: a copy would reset it",
  "owner-would-lose-access":
    "it belongs to another account or user, who would lose access: the copy belongs to the user of this run, and copies on this store accept no grants",
  "tags-cannot-be-carried": "its tags could not be read, and a copy in parts would drop them",
  "access-denied": "the credentials are not allowed to do this",
  "signature-refused":
    "the store rejects the signatures of requests for this object, but accepts those for others: it decodes characters of its key or headers in another way than they are sent",
  "kept-changing": "someone else kept writing to it",
  "listed-not-found": "the listing shows it, but HEAD does not find it",
  "unreadable-key": "the listing shows its key in a form that cannot be decoded, so no request can address it",
  "unreadable-size": "the listing shows an invalid size for it",
  "unreadable-date": "the listing shows an invalid date for it",
  "size-unknown": "the store reports no size for it, or contradictory sizes",
  throttled: "the store kept asking to slow down",
  unreachable: "the store could not be reached",
  "store-error": "the store answered with an error",
  "not-encrypted-after-copy": "the store accepted the copy, but HEAD does not show it encrypted as requested",
  "differs-after-copy": "something other than the encryption differs after the copy",
  vanished: "deleted by someone else meanwhile",
  "not-in-bucket": "named by the manifest, but not in the bucket",
  "not-as-named": "the object under this key is not the one in the manifest: its size or ETag differs",
} as const satisfies Readonly<Record<Reason, string>>;

const REASONS: Readonly<Partial<Record<StoreErrorKind, FailReason>>> = {
  "access-denied": "access-denied",
  "invalid-credentials": "access-denied",
  "expired-credentials": "access-denied",
  "clock-skew": "access-denied",
  "no-credentials": "access-denied",
  throttled: "throttled",
  unreachable: "unreachable",
  tls: "unreachable",
  "wrong-scheme": "unreachable",
  proxy: "unreachable",
  "size-unknown": "size-unknown",
};

export function failReason(error: StoreError): FailReason {
  return REASONS[error.kind] ?? "store-error";
}

/** The decision, made before anything was written, as the journal records it. */
export const decisionSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("none"), reason: z.enum(["vanished", ...NOT_FOUND_REASONS, ...FAIL_REASONS]) }),
  z.object({ kind: z.literal("skip"), reason: z.enum([...ENCRYPTED_REASONS, ...SKIP_REASONS]) }),
  z.object({ kind: z.enum(STRATEGIES), reason: z.enum(COPY_REASONS) }),
  z.object({ kind: z.literal("refuse"), reason: z.enum(REFUSE_REASONS) }),
]);

export type RecordedDecision = z.infer<typeof decisionSchema>;
