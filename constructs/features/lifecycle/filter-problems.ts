import { isKnownLater } from "../literal.js";
import { tagProblems } from "../tags.js";
import type { LifecycleRule } from "./lifecycle-rule.js";
import { isWhole } from "./whole-number.js";

const MAX_PREFIX_BYTES = 1024;
const MAX_OBJECT_TAGS = 10;

export function filterProblems(rule: LifecycleRule): string[] {
  const { prefix = "", tags = {} } = rule;
  return [
    ...(Buffer.byteLength(prefix) > MAX_PREFIX_BYTES ? [`its prefix is longer than ${MAX_PREFIX_BYTES} bytes`] : []),
    ...(isKnownLater(tags) ? [] : tagFilterProblems(tags)),
    ...sizeProblems(rule),
    ...selectionProblems(rule),
  ];
}

function tagFilterProblems(tags: Readonly<Record<string, string>>): string[] {
  const count = Object.keys(tags).length;
  return [
    ...(count > MAX_OBJECT_TAGS ? [`it asks for ${count} tags, and an object has ${MAX_OBJECT_TAGS} at most`] : []),
    ...Object.entries(tags).flatMap(([key, value]) => tagProblems(key, value)),
  ];
}

function sizeProblems({ objectSizeGreaterThanBytes: above, objectSizeLessThanBytes: below }: LifecycleRule): string[] {
  return [
    ...(above === undefined || isWhole(above, 0)
      ? []
      : [`objectSizeGreaterThanBytes ${above} cannot be used; give a whole number from 0`]),
    ...(below === undefined || isWhole(below, 1)
      ? []
      : [`objectSizeLessThanBytes ${below} cannot be used; give a whole number from 1`]),
    ...(above !== undefined && below !== undefined && !isBetween(above, below)
      ? [`no size is above ${above} and below ${below} bytes`]
      : []),
  ];
}

function isBetween(above: number, below: number): boolean {
  return isKnownLater(above) || isKnownLater(below) || below - above > 1;
}

// Neither unfinished uploads nor delete markers have tags or a size.
function selectionProblems(rule: LifecycleRule): string[] {
  const sizes = [rule.objectSizeGreaterThanBytes, rule.objectSizeLessThanBytes];
  const selects = Object.keys(rule.tags ?? {}).length > 0 || sizes.some((size) => size !== undefined);
  if (!selects) return [];
  return [
    ...(rule.abortIncompleteMultipartUploadDays === undefined ? [] : ["abortIncompleteMultipartUploadDays"]),
    ...(rule.expiredObjectDeleteMarker ? ["expiredObjectDeleteMarker"] : []),
  ].map((action) => `${action} does not go with tags or sizes; give it a rule of its own`);
}
