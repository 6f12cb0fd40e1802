import type { Unseen } from "../journal/bucket-record.js";
import type { Observation } from "../journal/record.js";
import type { Scope } from "../model/scope.js";
import { isNamedVersion, isSameSecond } from "./baseline-entry.js";
import { type ExpectedObject, isOfNamedVersion } from "./expected-objects.js";

/** The object's state in the store now. */
export type LiveLook =
  | { readonly kind: "found"; readonly now: Observation }
  /** It cannot be read without a customer key. `listed`: its properties in a listing, if it is listed. */
  | { readonly kind: "wants-key"; readonly listed: Pick<Observation, "etag" | "lastModified" | "sizeBytes"> | null }
  | { readonly kind: "absent" }
  | { readonly kind: "unread"; readonly detail: string };

/** A write within the same second as a look leaves Last-Modified unchanged. */
const SURE_AFTER_MS = 2000;

/**
 * Compares a line with the store's answer now. `isVersioned`: the bucket kept versions when the report was
 * made, so a noncurrent version may have become current again. Pure.
 */
export function compareLive(expected: ExpectedObject, look: LiveLook, isVersioned: boolean): LiveResult {
  switch (look.kind) {
    case "unread":
      return { kind: "unread", detail: look.detail, now: null };
    case "absent":
      return { kind: expected.seen === null ? "same" : "gone", detail: null, now: null };
    case "wants-key":
      return compareLocked(expected, look.listed);
    case "found":
      return expected.seen === null
        ? compareReappeared(expected, look.now)
        : compareFound(expected, expected.seen, look.now, isVersioned);
  }
}

/**
 * Whether it is plaintext now. If the report already says that a noncurrent version is plaintext, that version
 * remains by design and is not a current object. Pure.
 */
export function isUnencrypted({ versionId, seen }: ExpectedObject, now: Observation | null): boolean {
  return now?.state === "none" && (versionId === null || seen?.state !== "none");
}

/** A removed version does not come back, but a key may be written again. */
function compareReappeared(expected: ExpectedObject, now: Observation): LiveResult {
  if (isOfNamedVersion(expected)) return { kind: "contradicts", detail: "it was gone, and is there now", now };
  return { kind: "changed", detail: "it is there again", now };
}

function compareLocked(
  expected: ExpectedObject,
  listed: Extract<LiveLook, { kind: "wants-key" }>["listed"],
): LiveResult {
  const { seen } = expected;
  if (seen?.state === "sse-c") {
    const isOther = listed !== null && !isSameSecond(seen.lastModified, listed.lastModified);
    return isOther
      ? { kind: "changed", detail: "it was written since, and is under a customer key", now: null }
      : { kind: "needs-key", detail: null, now: null };
  }
  if (seen === null) return { kind: "changed", detail: "it is there again, under a customer key", now: null };
  const isSame = listed !== null && listed.etag === seen.etag && isSameSecond(seen.lastModified, listed.lastModified);
  const detail = `its encryption was ${seen.state}, and it is under a customer key`;
  return { kind: isSame || isOfNamedVersion(expected) ? "contradicts" : "changed", detail, now: null };
}

function compareFound(expected: ExpectedObject, seen: Observation, now: Observation, isVersioned: boolean): LiveResult {
  const since = changedSince(expected, seen, now, isVersioned);
  if (since !== null) return { kind: "changed", detail: since, now };
  const differences = [
    ...differenceOf("encryption", seen.state, now.state),
    ...(seen.state === now.state ? differenceOf("KMS key", seen.kmsKeyId ?? null, now.kmsKeyId ?? null) : []),
    ...differenceOf("ETag", seen.etag, now.etag),
    ...differenceOf("size", seen.sizeBytes, now.sizeBytes),
    ...(isSameSecond(seen.lastModified, now.lastModified)
      ? []
      : differenceOf("date", seen.lastModified, now.lastModified)),
  ];
  if (differences.length === 0) return { kind: "same", detail: null, now };
  return { kind: "contradicts", detail: differences.join("; "), now };
}

/** Why the object is not the one that the line describes, in words; `null` if it is. */
function changedSince(
  expected: ExpectedObject,
  seen: Observation,
  now: Observation,
  isVersioned: boolean,
): string | null {
  if (isNamedVersion(seen.versionId) && isNamedVersion(now.versionId)) {
    return seen.versionId === now.versionId ? null : `version ${now.versionId} is current now`;
  }
  const [then, at] = [Date.parse(seen.lastModified ?? ""), Date.parse(now.lastModified ?? "")];
  if (Number.isNaN(then) || Number.isNaN(at)) return seen.etag === now.etag ? null : "its ETag has changed";
  if (isSameSecond(seen.lastModified, now.lastModified)) return writtenInThatSecond(expected, seen, now);
  if (at > then) return `it was written on ${now.lastModified}`;
  return isVersioned ? "newer versions were removed, and an older one is current" : null;
}

function writtenInThatSecond({ at }: ExpectedObject, seen: Observation, now: Observation): string | null {
  const sinceWritten = Date.parse(at) - Math.floor(Date.parse(seen.lastModified ?? "") / 1000) * 1000;
  const isUnsure = sinceWritten < SURE_AFTER_MS && seen.etag !== now.etag;
  return isUnsure ? "it was written again in the same second as that look" : null;
}

function differenceOf(name: string, was: string | number | null, is: string | number | null): string[] {
  return was === is || was === null ? [] : [`${name} was ${was}, and is ${is}`];
}

/**
 * The state of an object now, compared with its line in the report.
 *
 * - `changed`: written, deleted and written again, or made current again by a removal.
 * - `gone`: deleted since.
 * - `contradicts`: it is the version that the line describes, but not as the line says.
 * - `needs-key`: it still needs a customer key, without which nothing more can be seen.
 * - `unread`: the store did not return it.
 */
export const LIVE_KINDS = ["same", "changed", "gone", "contradicts", "needs-key", "unread"] as const;
export type LiveKind = (typeof LIVE_KINDS)[number];

export const LIVE_WORDS: Readonly<Record<LiveKind, string>> = {
  same: "as the report says",
  changed: "changed since",
  gone: "gone since",
  contradicts: "contradict the report",
  "needs-key": "still under a customer key (SSE-C), which was not given",
  unread: "could not be read",
};

/** The result for one line. */
interface LiveResult {
  readonly kind: LiveKind;
  /** `null` if there is nothing to report. */
  readonly detail: string | null;
  readonly now: Observation | null;
}

/** A line of the report that was checked again. */
export interface ComparedLine {
  readonly kind: LiveKind;
  readonly bucket: string;
  readonly key: string;
  /** `null` for a current object. */
  readonly versionId: string | null;
  readonly segment: string;
  readonly line: number;
  readonly detail: string | null;
  /** Whether it is unencrypted now. */
  readonly unencrypted: boolean;
  /** The observation in the report; `null` if the report says that nothing existed. */
  readonly said: Observation | null;
  /** The observation now; `null` if the store returned none. */
  readonly found: Observation | null;
}

/** The result of comparing a report with the bucket. */
export interface LiveCheck {
  readonly endpoint: string;
  /** Number of lines in the report that the bucket could contradict. */
  readonly lines: number;
  /** `null` if all of them were checked. */
  readonly sample: { readonly lines: number; readonly seed: number } | null;
  readonly results: Readonly<Record<LiveKind, number>>;
  /** Number of objects that are unencrypted now, whatever the report says and whenever they were written. */
  readonly unencrypted: number;
  /** Locations of the run that cannot be seen now. Their selected lines are `unread`. */
  readonly notSeen: readonly (Scope & Unseen)[];
  /** Objects that are not in the report; `null` if they were not counted. */
  readonly newObjects: number | null;
  readonly end: "complete" | "interrupted";
}
