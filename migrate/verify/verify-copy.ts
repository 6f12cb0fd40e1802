import { CONTENT_HEADERS, type ObjectFacts } from "../inspect/object-facts.js";
import { isAsAsked, type Target } from "../plan/target.js";

export type Verification =
  | { readonly kind: "same"; readonly notes: readonly string[] }
  | { readonly kind: "not-encrypted"; readonly detail: string }
  | { readonly kind: "differs"; readonly detail: string };

/** Is it the same object, and is it encrypted now as it was asked for? Both facts were read from HEAD. Pure. */
export function verifyCopy(before: ObjectFacts, after: ObjectFacts, target: Target): Verification {
  if (!isAsAsked(after, target)) {
    const other = target.kind === "sse-c" && after.encryption.state === "sse-c" ? ", under another key," : "";
    return { kind: "not-encrypted", detail: `HEAD shows ${after.encryption.state}${other} after the copy` };
  }
  const differences = findDifferences(before, after);
  if (differences.length > 0) return { kind: "differs", detail: `changed by the copy: ${differences.join("; ")}` };
  return { kind: "same", notes: [...changedEtag(before, after), ...changedChecksums(before, after)] };
}

function findDifferences(before: ObjectFacts, after: ObjectFacts): string[] {
  const pairs: [string, unknown, unknown][] = [
    ["size", before.sizeBytes, after.sizeBytes],
    ["storage class", before.storageClass, after.storageClass],
    ["hidden metadata", before.hiddenMetadata, after.hiddenMetadata],
    // A count that is missing is none: tags are read then.
    ...(after.tagCount === null
      ? []
      : [["tag count", before.tagCount ?? 0, after.tagCount] as [string, unknown, unknown]]),
    ["website redirect", before.websiteRedirect, after.websiteRedirect],
    ["lock mode", before.lock.mode, after.lock.mode],
    ["retain until", instant(before.lock.retainUntil), instant(after.lock.retainUntil)],
    ["legal hold", before.lock.legalHold ?? "OFF", after.lock.legalHold ?? "OFF"],
    ...CONTENT_HEADERS.map((name): [string, unknown, unknown] => [name, before.content[name], after.content[name]]),
    ...metadataNames(before, after).map((name): [string, unknown, unknown] => [
      `x-amz-meta-${name}`,
      before.userMetadata[name],
      after.userMetadata[name],
    ]),
  ];
  return pairs.filter(([, was, is]) => was !== is).map(([what, was, is]) => `${what}: ${words(was)} -> ${words(is)}`);
}

function metadataNames(before: ObjectFacts, after: ObjectFacts): string[] {
  return [...new Set([...Object.keys(before.userMetadata), ...Object.keys(after.userMetadata)])];
}

/** Stores write the same instant with and without fractions of a second. */
function instant(date: string | null): number | null {
  return date === null ? null : Date.parse(date);
}

function words(value: unknown): string {
  return value === null || value === undefined ? "absent" : JSON.stringify(value);
}

/** A copy in one piece gives an object that was uploaded in parts another ETag: no damage, but others may hold it. */
function changedEtag(before: ObjectFacts, after: ObjectFacts): string[] {
  return before.etag === after.etag ? [] : [`ETag changed from ${before.etag} to ${after.etag}`];
}

function changedChecksums(before: ObjectFacts, after: ObjectFacts): string[] {
  const names = Object.keys(before.checksums).filter((name) => before.checksums[name] !== after.checksums[name]);
  return names.map((name) => `checksum ${name} is ${after.checksums[name] ?? "absent"}, was ${before.checksums[name]}`);
}
