import type { Observation } from "../journal/record.js";

/** What a listing tells of an object version. */
export interface ListedFacts {
  readonly etag: string;
  readonly sizeBytes: number;
  readonly lastModified: string;
}

/** Whether the version id is one that no other write will ever get. */
export function isNamedVersion(versionId: string | null): versionId is string {
  return versionId !== null && versionId !== "null";
}

/** HEAD of an object without a version id names none, where a listing has the text "null". */
export function isSameVersion(left: string | null, right: string | null): boolean {
  return (left ?? "null") === (right ?? "null");
}

/** Listings tell fractions of a second where HEAD cannot. */
export function isSameSecond(left: string | null, right: string | null): boolean {
  const [a, b] = [left, right].map((date) => Math.floor(Date.parse(date ?? "") / 1000));
  return a === b;
}

/** Whether an object that is listed now is the one that was seen. Its version is compared apart, since not every listing tells it. */
export function isSameObject(seen: Observation, listed: ListedFacts): boolean {
  return (
    seen.etag === listed.etag &&
    seen.sizeBytes === listed.sizeBytes &&
    isSameSecond(seen.lastModified, listed.lastModified)
  );
}
