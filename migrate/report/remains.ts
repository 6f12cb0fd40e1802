import type { BucketFindings, RunRecord } from "../journal/run-record.js";
import { isEncrypting } from "../model/encryption.js";
import { bucketNames } from "./groups.js";
import { ENGLISH, type Language, type Sentence } from "./language.js";
import type { NoncurrentTotals } from "./noncurrent.js";
import { unprovenCount, unseenSentence } from "./not-seen.js";
import { arrivalWords, type ScopeTotals, type Summary, type Totals } from "./summary.js";
import { sumOf, type Tally } from "./tally.js";

/** For the examined noncurrent versions. */
function olderRemains(noncurrent: NoncurrentTotals | undefined, lang: Language): readonly Remaining[] {
  if (noncurrent === undefined) return [];
  const { plaintext, unproven, failed } = noncurrent.outcomes;
  return [
    remainingOf("older-unencrypted", plaintext, lang),
    ...locked(noncurrent, lang),
    remainingOf("older-unproven", unproven, lang),
    remainingOf("older-failed", failed, lang),
  ];
}

function locked({ plaintextBecause, locks }: NoncurrentTotals, lang: Language): readonly Remaining[] {
  const tally = plaintextBecause.locked;
  if (tally === undefined || locks === null) return [];
  const { objects: n, bytes } = tally;
  return [{ kind: "older-locked", count: n, bytes, words: lockWords({ n, size: lang.bytes(bytes) }, locks, lang) }];
}

function lockWords(
  counted: { readonly n: number; readonly size: string },
  { lastEnds, withoutEnd }: NonNullable<NoncurrentTotals["locks"]>,
  { say, instant }: Language,
): string {
  if (lastEnds === null) {
    return say(
      "Of these, {n} ({size}) {n|is|are} under a legal hold: no date is known before which it cannot comply.",
      counted,
    );
  }
  const held = withoutEnd === 0 ? "" : say(", {n} of them under a legal hold, which has no date", { n: withoutEnd });
  return say("Of these, {n} ({size}) {n|is|are} locked, and cannot comply before {date}{held}.", {
    ...counted,
    date: instant(lastEnds),
    held,
  });
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

/** What is counted with its size. */
const COUNTED_WORDS = {
  unencrypted: "{n} current {n|object|objects} ({size}) {n|is|are} not encrypted.",
  "sse-c-without-key":
    "{n} current {n|object|objects} ({size}) {n|is|are} under a customer key that was not given (SSE-C).",
  "older-unencrypted": "{n} noncurrent {n|version|versions} ({size}) {n|is|are} not encrypted.",
  "older-unproven":
    "{n} noncurrent {n|version|versions} ({size}) {n|is|are} under a customer key that was not given, or encrypted in an unknown way.",
  "older-failed":
    "{n} noncurrent {n|version|versions} ({size}) {n|is|are} not known, because examining each one failed.",
} as const satisfies Partial<Record<Remaining["kind"], Sentence>>;

function remainingOf(kind: keyof typeof COUNTED_WORDS, tally: Tally, { say, bytes: size }: Language): Remaining {
  const { objects, bytes } = tally;
  return { kind, count: objects, bytes, words: say(COUNTED_WORDS[kind], { n: objects, size: size(bytes) }) };
}

/** The remaining work, most certain first. `caveats` lists what the run did not cover. */
export function remains(summary: Summary, run: RunRecord, lang = ENGLISH): readonly Remaining[] {
  const { total } = summary;
  const all = [
    remainingOf("unencrypted", total.statesNow.none, lang),
    ...summary.scopes.filter(({ unseen }) => unseen !== undefined).map((scope) => notSeen(scope, lang)),
    ...olderRemains(total.noncurrent, lang),
    defaultRemains(run.buckets, lang),
    arrived(total, lang),
    withoutKey(total, lang),
    unproven(total, lang),
    ...uploadRemains(run.buckets, lang),
  ];
  return all.filter(({ count }) => count > 0);
}

/** Everything in there may be plaintext. */
function notSeen(scope: ScopeTotals, lang: Language): Remaining {
  return { kind: "not-seen", count: 1, bytes: null, words: unseenSentence(scope, lang) };
}

/** Each of them may be plaintext, whatever the sample shows. */
function arrived({ arrivals }: Totals, lang: Language): Remaining {
  return { kind: "arrived", count: arrivals?.younger ?? 0, bytes: null, words: arrivalWords(arrivals, lang).join(" ") };
}

/** Objects whose customer key was not given, or was wrong. */
function withoutKey({ reasons }: Totals, lang: Language): Remaining {
  return remainingOf("sse-c-without-key", sumOf([reasons["sse-c-without-key"], reasons["sse-c-wrong-key"]]), lang);
}

function unproven(total: Totals, { say }: Language): Remaining {
  const n = unprovenCount(total);
  const words = say("{n} current {n|object|objects} could not be determined, or {n|rests|rest} only on a statement.", {
    n,
  });
  return { kind: "unproven", count: n, bytes: null, words };
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

const SINCE_WORDS = {
  "no-default": "without a default encryption that was seen",
  "set-by-run": "begun before this run set the default encryption",
  "set-before": "begun before this run, and perhaps before the default encryption was set",
} as const satisfies Readonly<Record<Since, string>>;

/**
 * Uploads keep the encryption that they were created with, so the objects that they complete may be
 * unencrypted.
 */
function uploadRemains(buckets: readonly BucketFindings[], lang: Language): readonly Remaining[] {
  return (Object.keys(SINCE_WORDS) as Since[]).map((since) => {
    const found = buckets.filter((bucket) => (uploadsBefore(bucket) ?? 0) > 0 && sinceOf(bucket) === since);
    const n = found.reduce((sum, bucket) => sum + (uploadsBefore(bucket) ?? 0), 0);
    const words = lang.say(
      "{n} multipart {n|upload|uploads} to {buckets} {n|is|are} still open, {since}: what {n|it completes|they complete} may be stored unencrypted.",
      { n, buckets: bucketNames(found, lang), since: lang.say(SINCE_WORDS[since]) },
    );
    return { kind: "open-uploads", count: n, bytes: null, words };
  });
}

function sinceOf(bucket: BucketFindings): Since {
  if (!isEncrypting(defaultNow(bucket))) return "no-default";
  return bucket.defaultEncryption.setAt === undefined ? "set-before" : "set-by-run";
}

export function defaultRemains(buckets: readonly BucketFindings[], lang: Language): Remaining {
  const without = buckets.filter((bucket) => defaultNow(bucket) === "none");
  const n = without.length;
  const words = lang.say("{buckets} {n|has|have} no default encryption: new objects may arrive in plaintext.", {
    buckets: bucketNames(without, lang),
    n,
  });
  return { kind: "no-default", count: n, bytes: null, words };
}
