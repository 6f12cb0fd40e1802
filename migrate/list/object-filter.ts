import picomatch from "picomatch";
import type { ObjectRef } from "../model/object.js";

/** Which objects of a scope a run covers. Sizes in bytes, both bounds included; dates excluded. */
export interface ObjectFilters {
  /** Globs over whole keys; a key must match one of them, where there are any. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly minSizeBytes: number | null;
  readonly maxSizeBytes: number | null;
  readonly modifiedBefore: Date | null;
  readonly modifiedAfter: Date | null;
  readonly storageClasses: readonly string[];
}

/**
 * A key's leading dots, slashes, backslashes and line breaks are characters like any others. `bash`: `*` crosses `/`, as in
 * aws-cli and s5cmd, since a bucket has no folders.
 */
const GLOB_OPTIONS = { dot: true, nonegate: true, strictSlashes: true, windows: false, flags: "s", bash: true };

/** Compiles the filters once. */
export function objectFilter(filters: ObjectFilters): (ref: ObjectRef) => boolean {
  const included = filters.include.length > 0 ? matcherOf(filters.include) : () => true;
  const excluded = matcherOf(filters.exclude);
  const isNamed = (ref: ObjectRef) => included(ref.key) && !excluded(ref.key);
  return (ref) => {
    // No filter can tell what it would leave out.
    if (ref.fault?.kind === "unreadable-key") return true;
    // What is not listed has no size, date and class to go by.
    return isNamed(ref) && (ref.isListed === false || isWithinAll(ref, filters));
  };
}

function isWithinAll(ref: ObjectRef, filters: ObjectFilters): boolean {
  return (
    (ref.fault?.kind === "unreadable-size" || isOfSize(ref, filters)) &&
    (ref.fault?.kind === "unreadable-date" || isWithin(ref, filters)) &&
    (filters.storageClasses.length === 0 || filters.storageClasses.includes(ref.storageClass))
  );
}

function isOfSize({ sizeBytes }: ObjectRef, { minSizeBytes, maxSizeBytes }: ObjectFilters): boolean {
  return sizeBytes >= (minSizeBytes ?? 0) && sizeBytes <= (maxSizeBytes ?? Number.POSITIVE_INFINITY);
}

function matcherOf(globs: readonly string[]): (key: string) => boolean {
  const matches = picomatch(globs.map(plainSegments), GLOB_OPTIONS);
  return (key) => matches(plainSegments(key));
}

function isWithin(ref: ObjectRef, { modifiedBefore, modifiedAfter }: ObjectFilters): boolean {
  const modified = Date.parse(ref.lastModified);
  return (
    (!modifiedBefore || modified < modifiedBefore.getTime()) && (!modifiedAfter || modified > modifiedAfter.getTime())
  );
}

/** No character at all to Unicode, so that keys seldom hold it. */
const STANDS_FOR_A_DOT = "\ufdd0";

/** A key or glob whose segments `.` and `..` are names like any others: to matchers of paths they mean a folder. */
function plainSegments(text: string): string {
  return text.replace(
    /(^|\/)(\.{1,2})(?=\/|$)/g,
    (_, slash: string, dots: string) => slash + STANDS_FOR_A_DOT.repeat(dots.length),
  );
}
