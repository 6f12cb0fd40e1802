import type { Unseen } from "../journal/bucket-record.js";
import type { Observation } from "../journal/record.js";
import type { Scope } from "../model/scope.js";
import { isNamedVersion, isSameSecond } from "./baseline-entry.js";
import { type ExpectedObject, isOfNamedVersion } from "./expected-objects.js";

/** What the store says of the object now. */
export type LiveLook =
  | { readonly kind: "found"; readonly now: Observation }
  /** It is refused without a customer key; what a listing tells of it, if it does. */
  | { readonly kind: "wants-key"; readonly listed: Pick<Observation, "etag" | "lastModified" | "sizeBytes"> | null }
  | { readonly kind: "absent" }
  | { readonly kind: "unread"; readonly detail: string };

/** Writes in the second of a look leave its date as it was. */
const SURE_AFTER_MS = 2000;

/**
 * Compares a line with what the store says now. `isVersioned`: the bucket kept versions when the report was made, so that an older one may be
 * current again. Pure.
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
        ? thereAfterAll(expected, look.now)
        : compareFound(expected, expected.seen, look.now, isVersioned);
  }
}

/**
 * Whether it is plaintext now. An older version of which the report says so itself stays behind by design, and is none of the bucket's current
 * objects. Pure.
 */
export function isUnencrypted({ versionId, seen }: ExpectedObject, now: Observation | null): boolean {
  return now?.state === "none" && (versionId === null || seen?.state !== "none");
}

/** A version that was removed does not come back; a key may be written again. */
function thereAfterAll(expected: ExpectedObject, now: Observation): LiveResult {
  if (isOfNamedVersion(expected)) return { kind: "contradicts", detail: "it was not there any more, and is", now };
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
    ...differenceOf("ETag", seen.etag, now.etag),
    ...differenceOf("size", seen.sizeBytes, now.sizeBytes),
    ...(isSameSecond(seen.lastModified, now.lastModified)
      ? []
      : differenceOf("date", seen.lastModified, now.lastModified)),
  ];
  if (differences.length === 0) return { kind: "same", detail: null, now };
  return { kind: "contradicts", detail: differences.join("; "), now };
}

/** Why it is another object than the line is about, in words; `null` where it is that one. */
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
  if (Number.isNaN(then) || Number.isNaN(at)) return seen.etag === now.etag ? null : "its ETag is another one";
  if (isSameSecond(seen.lastModified, now.lastModified)) return writtenInThatSecond(expected, seen, now);
  if (at > then) return `it was written on ${now.lastModified}`;
  return isVersioned ? "what was newer was removed, and an older version is current" : null;
}

function writtenInThatSecond({ at }: ExpectedObject, seen: Observation, now: Observation): string | null {
  const sinceWritten = Date.parse(at) - Math.floor(Date.parse(seen.lastModified ?? "") / 1000) * 1000;
  const isUnsure = sinceWritten < SURE_AFTER_MS && seen.etag !== now.etag;
  return isUnsure ? "it was written again in the second of that look" : null;
}

function differenceOf(name: string, was: string | number | null, is: string | number | null): string[] {
  return was === is || was === null ? [] : [`${name} was ${was}, and is ${is}`];
}

/**
 * How an object is now, against its line in the report.
 * `changed`: written, deleted and written again, or uncovered since; `gone`: deleted since.
 * `contradicts`: it is the version that the line is about, and is not as the line says.
 * `needs-key`: it still wants a customer key, and more cannot be seen without that. `unread`: the store did not show it.
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

/** What became of one line. */
interface LiveResult {
  readonly kind: LiveKind;
  /** `null` where there is nothing to tell. */
  readonly detail: string | null;
  readonly now: Observation | null;
}

/** A line of the report that was looked up again. */
export interface ComparedLine {
  readonly kind: LiveKind;
  readonly bucket: string;
  readonly key: string;
  /** `null` of a current object. */
  readonly versionId: string | null;
  readonly segment: string;
  readonly line: number;
  readonly detail: string | null;
  /** Whether it is not encrypted now. */
  readonly unencrypted: boolean;
  /** What the report says; `null` where it says that nothing was there. */
  readonly said: Observation | null;
  /** What is so now; `null` where nothing was shown. */
  readonly found: Observation | null;
}

/** What came of a comparison of a report with the bucket. */
export interface LiveCheck {
  readonly endpoint: string;
  /** How many lines of the report say something that the bucket could contradict. */
  readonly lines: number;
  /** `null` where all of them were looked up. */
  readonly sample: { readonly lines: number; readonly seed: number } | null;
  readonly results: Readonly<Record<LiveKind, number>>;
  /** How many are not encrypted now, whatever the report says of them, and whenever they were written. */
  readonly unencrypted: number;
  /** Locations of the run that cannot be seen now: their lines that were to be looked up are `unread`. */
  readonly notSeen: readonly (Scope & Unseen)[];
  /** Objects that the report does not know of; `null` where they were not counted. */
  readonly newObjects: number | null;
  readonly end: "complete" | "interrupted";
}
