import type { BucketFindings } from "../../journal/run-record.js";
import { isEncrypting } from "../../model/encryption.js";
import { countOf } from "../../model/text.js";
import { bucketNames } from "../bucket-names.js";
import type { Remaining } from "./remaining.js";

/** What a bucket encrypts by, as last read. */
export function defaultNow({ atEnd, defaultEncryption }: BucketFindings): BucketFindings["defaultEncryption"]["after"] {
  return atEnd?.defaultEncryption ?? defaultEncryption.after;
}

/** Open uploads that may land as the bucket's default was before; `null` where nobody could list them. */
export function uploadsBefore({ atEnd, openMultipartUploads }: BucketFindings): number | null {
  return atEnd === undefined ? openMultipartUploads : (atEnd.openUploads?.earlier ?? null);
}

type Since = "no-default" | "set-by-run" | "set-before";

const SINCE_WORDS: Readonly<Record<Since, string>> = {
  "no-default": "without a default encryption that was seen",
  "set-by-run": "begun before this run set the default encryption",
  "set-before": "begun before this run, and perhaps before the default encryption was set",
};

/** Uploads keep what they began with: what they complete may land unencrypted. */
export function uploadRemains(buckets: readonly BucketFindings[]): readonly Remaining[] {
  return (Object.keys(SINCE_WORDS) as Since[]).map((since) => {
    const found = buckets.filter((bucket) => (uploadsBefore(bucket) ?? 0) > 0 && sinceOf(bucket) === since);
    const count = found.reduce((sum, bucket) => sum + (uploadsBefore(bucket) ?? 0), 0);
    const what = `${countOf(count, "multipart upload")} to ${bucketNames(found)} ${count === 1 ? "is" : "are"} still open`;
    const words = `${what}, ${SINCE_WORDS[since]}: what ${count === 1 ? "it completes" : "they complete"} may land unencrypted.`;
    return { kind: "open-uploads", count, bytes: null, words };
  });
}

function sinceOf(bucket: BucketFindings): Since {
  if (!isEncrypting(defaultNow(bucket))) return "no-default";
  return bucket.defaultEncryption.setAt === undefined ? "set-before" : "set-by-run";
}

export function defaultRemains(buckets: readonly BucketFindings[]): Remaining {
  const without = buckets.filter((bucket) => defaultNow(bucket) === "none");
  const has = without.length === 1 ? "has" : "have";
  const words = `${bucketNames(without)} ${has} no default encryption: new objects may arrive in plaintext.`;
  return { kind: "no-default", count: without.length, bytes: null, words };
}
