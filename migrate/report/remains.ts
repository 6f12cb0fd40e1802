import type { BucketFindings, RunRecord } from "../journal/run-record.js";
import { isEncrypting } from "../model/encryption.js";
import { countOf, formatBytes, formatCount, formatInstant } from "../model/text.js";
import { bucketNames } from "./groups.js";
import type { NoncurrentTotals } from "./noncurrent.js";
import { unprovenCount, unseenSentence } from "./not-seen.js";
import { arrivalWords, type ScopeTotals, type Summary, type Totals } from "./summary.js";
import { sumOf, type Tally } from "./tally.js";

const NOUN = "noncurrent version";

/** For the examined noncurrent versions. */
function olderRemains(noncurrent: NoncurrentTotals | undefined): readonly Remaining[] {
  if (noncurrent === undefined) return [];
  const { plaintext, unproven, failed } = noncurrent.outcomes;
  return [
    remainingOf("older-unencrypted", NOUN, plaintext, "not encrypted"),
    ...locked(noncurrent),
    remainingOf(
      "older-unproven",
      NOUN,
      unproven,
      "under a customer key that was not given, or encrypted in an unknown way",
    ),
    remainingOf("older-failed", NOUN, failed, "not known, because examining each one failed"),
  ];
}

function locked({ plaintextBecause, locks }: NoncurrentTotals): readonly Remaining[] {
  const tally = plaintextBecause.locked;
  if (tally === undefined || locks === null) return [];
  const { objects, bytes } = tally;
  const words = `Of these, ${formatCount(objects)} (${formatBytes(bytes)}) ${objects === 1 ? "is" : "are"} ${lockWords(locks)}.`;
  return [{ kind: "older-locked", count: objects, bytes, words }];
}

function lockWords({ lastEnds, withoutEnd }: NonNullable<NoncurrentTotals["locks"]>): string {
  if (lastEnds === null) return "under a legal hold: no date is known before which it cannot comply";
  const held = withoutEnd === 0 ? "" : `, ${formatCount(withoutEnd)} of them under a legal hold, which has no date`;
  return `locked, and cannot comply before ${formatInstant(lastEnds)}${held}`;
}

/** Something that is not encrypted yet, or may not be, as far as the run saw. */
export interface Remaining {
  readonly kind:
    | "unencrypted"
    | "older-unencrypted"
    | "older-locked"
    | "sse-c-without-key"
    | "older-unproven"
    | "unproven"
    | "older-failed"
    | "open-uploads"
    | "no-default"
    | "arrived"
    | "not-seen";
  /** Number of objects, versions, uploads, buckets or locations. */
  readonly count: number;
  /** `null` if it is unknown. */
  readonly bytes: number | null;
  /** A sentence, safe to print. */
  readonly words: string;
}

/** "2 current objects (3 kB) are", followed by the rest of the sentence. */
function remainingOf(kind: Remaining["kind"], noun: string, tally: Tally, rest: string): Remaining {
  const { objects, bytes } = tally;
  const are = objects === 1 ? "is" : "are";
  const words = `${countOf(objects, noun)} (${formatBytes(bytes)}) ${are} ${rest}.`;
  return { kind, count: objects, bytes, words };
}

/** The remaining work, most certain first. `caveats` lists what the run did not cover. */
export function remains(summary: Summary, run: RunRecord): readonly Remaining[] {
  const { total } = summary;
  const all = [
    remainingOf("unencrypted", "current object", total.statesNow.none, "not encrypted"),
    ...summary.scopes.filter(({ unseen }) => unseen !== undefined).map(notSeen),
    ...olderRemains(total.noncurrent),
    defaultRemains(run.buckets),
    arrived(total),
    withoutKey(total),
    unproven(total),
    ...uploadRemains(run.buckets),
  ];
  return all.filter(({ count }) => count > 0);
}

/** Everything in there may be plaintext. */
function notSeen(scope: ScopeTotals): Remaining {
  return { kind: "not-seen", count: 1, bytes: null, words: unseenSentence(scope) };
}

/** Each of them may be plaintext, whatever the sample shows. */
function arrived({ arrivals }: Totals): Remaining {
  return { kind: "arrived", count: arrivals?.younger ?? 0, bytes: null, words: arrivalWords(arrivals).join(" ") };
}

/** Objects whose customer key was not given, or was wrong. */
function withoutKey({ reasons }: Totals): Remaining {
  const tally = sumOf([reasons["sse-c-without-key"], reasons["sse-c-wrong-key"]]);
  return remainingOf("sse-c-without-key", "current object", tally, "under a customer key that was not given (SSE-C)");
}

function unproven(total: Totals): Remaining {
  const count = unprovenCount(total);
  const rest = count === 1 ? "rests" : "rest";
  const words = `${countOf(count, "current object")} could not be determined, or ${rest} only on a statement.`;
  return { kind: "unproven", count, bytes: null, words };
}

/** The default encryption of a bucket, as last read. */
export function defaultNow({ atEnd, defaultEncryption }: BucketFindings): BucketFindings["defaultEncryption"]["after"] {
  return atEnd?.defaultEncryption ?? defaultEncryption.after;
}

/**
 * Open uploads that may complete with the bucket's earlier default encryption; `null` if they could not be
 * listed.
 */
export function uploadsBefore({ atEnd, openMultipartUploads }: BucketFindings): number | null {
  return atEnd === undefined ? openMultipartUploads : (atEnd.openUploads?.earlier ?? null);
}

type Since = "no-default" | "set-by-run" | "set-before";

const SINCE_WORDS: Readonly<Record<Since, string>> = {
  "no-default": "without a default encryption that was seen",
  "set-by-run": "begun before this run set the default encryption",
  "set-before": "begun before this run, and perhaps before the default encryption was set",
};

/**
 * Uploads keep the encryption that they were created with, so the objects that they complete may be
 * unencrypted.
 */
function uploadRemains(buckets: readonly BucketFindings[]): readonly Remaining[] {
  return (Object.keys(SINCE_WORDS) as Since[]).map((since) => {
    const found = buckets.filter((bucket) => (uploadsBefore(bucket) ?? 0) > 0 && sinceOf(bucket) === since);
    const count = found.reduce((sum, bucket) => sum + (uploadsBefore(bucket) ?? 0), 0);
    const what = `${countOf(count, "multipart upload")} to ${bucketNames(found)} ${count === 1 ? "is" : "are"} still open`;
    const words = `${what}, ${SINCE_WORDS[since]}: what ${count === 1 ? "it completes" : "they complete"} may be stored unencrypted.`;
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
