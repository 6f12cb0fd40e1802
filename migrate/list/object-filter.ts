import picomatch from "picomatch";
import type { ObjectRef } from "./object-ref.js";

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

/** A key's leading dots, slashes and backslashes are characters like any others. */
const GLOB_OPTIONS = { dot: true, nonegate: true, strictSlashes: true, windows: false };

/** Compiles the filters once. */
export function objectFilter(filters: ObjectFilters): (ref: ObjectRef) => boolean {
  const included = filters.include.length > 0 ? picomatch([...filters.include], GLOB_OPTIONS) : () => true;
  const excluded = filters.exclude.length > 0 ? picomatch([...filters.exclude], GLOB_OPTIONS) : () => false;
  return (ref) =>
    included(ref.key) &&
    !excluded(ref.key) &&
    ref.sizeBytes >= (filters.minSizeBytes ?? 0) &&
    ref.sizeBytes <= (filters.maxSizeBytes ?? Number.POSITIVE_INFINITY) &&
    isWithin(ref, filters) &&
    (filters.storageClasses.length === 0 || filters.storageClasses.includes(ref.storageClass));
}

function isWithin(ref: ObjectRef, { modifiedBefore, modifiedAfter }: ObjectFilters): boolean {
  const modified = Date.parse(ref.lastModified);
  return (
    (!modifiedBefore || modified < modifiedBefore.getTime()) && (!modifiedAfter || modified > modifiedAfter.getTime())
  );
}
