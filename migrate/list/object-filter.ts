import picomatch from "picomatch";
import type { ObjectRef } from "../model/object.js";

/** Selects objects of a scope. Size bounds are in bytes and inclusive; dates are exclusive. */
export interface ObjectFilters {
  /** Globs over whole keys. If there are any, a key must match one of them. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly minSizeBytes: number | null;
  readonly maxSizeBytes: number | null;
  readonly modifiedBefore: Date | null;
  readonly modifiedAfter: Date | null;
  readonly storageClasses: readonly string[];
}

/**
 * Leading dots, slashes, backslashes and line breaks in keys are ordinary characters. `bash`: `*` matches
 * `/`, as in aws-cli and s5cmd, since a bucket has no folders.
 */
const GLOB_OPTIONS = { dot: true, nonegate: true, strictSlashes: true, windows: false, flags: "s", bash: true };

/** Compiles the filters once. */
export function objectFilter(filters: ObjectFilters): (ref: ObjectRef) => boolean {
  const included = filters.include.length > 0 ? matcherOf(filters.include) : () => true;
  const excluded = filters.exclude.length > 0 ? matcherOf(filters.exclude) : () => false;
  const isNamed = (ref: ObjectRef) => included(ref.key) && !excluded(ref.key);
  return (ref) => {
    // No filter can be applied to an unreadable key.
    if (ref.fault?.kind === "unreadable-key") return true;
    // An object that is not listed has no known size, date or class.
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
  if (!modifiedBefore && !modifiedAfter) return true;
  const modified = Date.parse(ref.lastModified);
  return (
    (!modifiedBefore || modified < modifiedBefore.getTime()) && (!modifiedAfter || modified > modifiedAfter.getTime())
  );
}

/** Not a Unicode character, so that keys hardly ever contain it. */
const DOT_PLACEHOLDER = "\ufdd0";

/** Replaces the segments `.` and `..` of a key or glob, because path matchers would treat them as folders. */
function plainSegments(text: string): string {
  if (!text.includes(".")) return text;
  return text.replace(
    /(^|\/)(\.{1,2})(?=\/|$)/g,
    (_, slash: string, dots: string) => slash + DOT_PLACEHOLDER.repeat(dots.length),
  );
}
