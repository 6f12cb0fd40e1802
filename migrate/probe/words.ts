import type { ProviderId } from "../../providers/index.js";
import type { Answer, NotObservable, Section, Topic } from "./answer.js";
import type { Leftover } from "./clean-up.js";
import type { Documented } from "./documented.js";
import type { Probed } from "./probe-bucket.js";

export const SECTION_WORDS: Readonly<Record<Section, string>> = {
  bucket: "The bucket",
  encryption: "Encryption",
  kept: "What a copy keeps",
  conditions: "Conditions and parts",
  locks: "Locks of objects",
};

export const TOPIC_WORDS: Readonly<Record<Topic, string>> = {
  versioning: "versioning",
  "object-lock": "Object Lock",
  "default-encryption": "default encryption",
  "listing-encoding": "listings encode keys correctly",
  "put-with-sse": "PUT takes the SSE-S3 header",
  "head-sse-after-put": "HEAD reports SSE after that PUT",
  "put-without-sse": "HEAD reports after PUT without it",
  "self-copy": "self copy that changes only SSE",
  "self-copy-replacing": "self copy that sends metadata again",
  "head-sse-after-copy": "HEAD reports SSE after a copy",
  "body-after-copy": "the bytes",
  "etag-after-copy": "the ETag",
  "content-headers-after-copy": "content headers",
  "metadata-after-copy": "user metadata",
  "object-tagging": "objects have tags",
  "tags-counted": "HEAD counts tags",
  "tags-after-copy": "tags",
  "tagging-header-on-put": "tags given with PUT are kept",
  "tagging-header-on-upload": "tags given with an upload are kept",
  "owner-of-writes": "owner of new objects",
  "object-acl": "objects have ACLs",
  "grant-form": "how grants name a grantee",
  "acl-sent-with-put": "an ACL sent with PUT",
  "acl-after-copy": "the ACL",
  "acl-sent-with-copy": "an ACL sent with a copy",
  "acl-sent-with-upload": "an ACL sent with an upload",
  "storage-class-after-copy": "the storage class",
  "storage-class-sent-with-copy": "a storage class sent with it",
  "kept-by-copy": "everything, by a copy that keeps it",
  "kept-by-copy-replacing": "everything, by a copy that sends it",
  "kept-by-copy-in-parts": "everything, by a copy in parts",
  "kept-by-rewrite": "everything, by GET and PUT",
  "put-if-match-quoted": "If-Match on PUT, quoted ETag",
  "put-if-match-bare": "If-Match on PUT, bare ETag",
  "copy-if-match": "If-Match on CopyObject",
  "copy-source-if-match": "source If-Match on CopyObject",
  "upload-part-copy": "UploadPartCopy",
  "part-copy-percent": "the same of a key with %",
  "part-etag": "the ETag of a part",
  "part-copy-source-if-match": "source If-Match on UploadPartCopy",
  "complete-if-match": "If-Match on completing an upload",
  "read-retention": "retention may be read",
  "read-legal-hold": "legal holds may be read",
  "write-retention": "retention may be written",
  "write-legal-hold": "legal holds may be written",
};

export const NOT_OBSERVABLE_WORDS: Readonly<Record<NotObservable, string>> = {
  "locked-by-default": "the bucket locks every new object by default, so none could be deleted again",
  "lock-unreadable": "whether the bucket locks new objects cannot be read, so test objects might stay undeletable",
  "versions-unlistable": "versions cannot be listed, so some test objects might not be found again",
  "no-right-to-write": "the credentials are not allowed to write test objects",
  "no-right-to-delete": "the first test object could not be deleted again",
  "first-object-failed": "the first test object could not be written",
  "encrypted-on-arrival": "the bucket encrypts on upload: a plaintext source cannot be made",
  "default-encryption-set": "a default encryption is set: a plaintext source cannot be made",
  "always-encrypted": "the provider encrypts every object: a plaintext source cannot be made",
  "plaintext-unproven": "whether the source is plaintext is not known",
  "sse-refused": "PUT refuses the SSE-S3 header",
  "copy-refused": "the store refuses any copy of an object onto itself",
  "metadata-sent-again": "a copy has to send them again, so keeping them proves nothing",
  "no-tags": "objects have no tags here",
  "no-acl": "objects have no ACLs here",
  "acl-unreadable": "the access control list of an object could not be read, and it may have grants",
  "owner-unnamed": "the access control list names no owner to grant anything to",
  "grants-refused": "PUT refuses or drops grants, quoted and unquoted, but objects have access control lists",
  "tags-not-kept": "the tags that were set are not there, but objects may have tags",
  "no-class-listed": "no second storage class of this provider is known",
  "class-refused": "PUT does not accept the storage class that the provider documents",
  "part-copy-refused": "the store refuses UploadPartCopy",
  "not-listed-yet": "the listing does not show the new object yet",
  "no-lock": "the bucket has no Object Lock",
  interrupted: "the probe was interrupted",
  "out-of-reach": "the store could no longer be reached",
};

/** The answer in a word or two. */
export function answerWords(answer: Answer): string {
  if (answer.kind === "is") return answer.value;
  return answer.kind === "not-observable" ? "not observable" : answer.kind;
}

/** The evidence, or the reason why there is none. */
export function evidenceWords(finding: Answer): string {
  if (finding.kind === "not-observable") return NOT_OBSERVABLE_WORDS[finding.because];
  const { operation, status, code, detail } = finding.evidence;
  const answer = [finding.kind === "failed" ? operation : null, status, code].filter((part) => part !== null);
  return code === null ? detail : `${answer.join(" ")}: ${detail}`;
}

/** An entry that is left in the bucket, for the person who must remove it by hand. */
export function leftoverWords(bucket: string, leftover: Leftover): string {
  const at = `s3://${bucket}/${leftover.key}`;
  const why = leftover.code === null ? "" : ` (${leftover.code})`;
  if (leftover.kind === "unlisted") return `what is left under ${at} could not be listed${why}: look there by hand`;
  if (leftover.kind === "upload")
    return `upload ${leftover.uploadId} of ${at} could not be aborted${why}: abort it by hand`;
  const version = leftover.versionId === null ? "" : `, version ${leftover.versionId},`;
  return `${at}${version} could not be deleted${why}: delete it by hand`;
}

/** A finding next to the provider's documentation. */
export type ProbeAnswer = Answer & { readonly documented: Documented };

export interface ProbeResult extends Omit<Probed, "findings" | "cutOffBy"> {
  readonly bucket: string;
  readonly provider: ProviderId;
  readonly endpoint: string;
  readonly region: string;
  readonly findings: readonly ProbeAnswer[];
}
