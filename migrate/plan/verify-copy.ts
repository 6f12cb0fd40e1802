import type { LostByWay, Property } from "../model/capabilities.js";
import { CONTENT_HEADERS, type Loss, type ObjectFacts } from "../model/object.js";
import type { Policy } from "../model/policy.js";
import type { StrategyName } from "../model/reason.js";
import type { Target } from "../model/target.js";

/** The name under which an operator accepts the loss; `null` if no name covers it. */
export const ACCEPTED_AS: Readonly<Record<Property, Loss | null>> = {
  ...(Object.fromEntries(CONTENT_HEADERS.map((name) => [name, "metadata"])) as Record<
    (typeof CONTENT_HEADERS)[number],
    "metadata"
  >),
  "user-metadata": "metadata",
  "website-redirect": "metadata",
  "storage-class": "storage-class",
  tags: "tags",
  acl: "acl",
  checksum: null,
  lock: null,
  encryption: null,
  body: null,
};

/**
 * The properties that this strategy was seen to lose, as far as HEAD shows that the object has them. Pure.
 */
export function lostOf(facts: ObjectFacts, way: StrategyName, lostBy: LostByWay, target: Target): readonly Property[] {
  return lostBy[way]?.filter((property) => hasProperty(facts, property, target)) ?? NOTHING;
}

const NOTHING: readonly Property[] = [];

type Header = keyof ObjectFacts["content"];

/**
 * Tags and ACL are read only when the object is about to be copied, because not every store counts tags in
 * HEAD.
 */
const HAS: Readonly<Record<Exclude<Property, Header>, (facts: ObjectFacts, target: Target) => boolean>> = {
  "user-metadata": ({ userMetadata }) => Object.keys(userMetadata).length > 0,
  "website-redirect": ({ websiteRedirect }) => websiteRedirect !== null,
  "storage-class": needsClassSent,
  checksum: ({ checksums }) => Object.keys(checksums).length > 0,
  lock: ({ lock }) => lock.mode !== null || lock.legalHold === "ON",
  encryption: (_facts, target) => target.customerKey === null,
  body: () => true,
  tags: () => false,
  acl: () => false,
};

function isHeader(property: Property): property is Extract<Property, Header> {
  return !Object.hasOwn(HAS, property);
}

function hasProperty(facts: ObjectFacts, property: Property, target: Target): boolean {
  return isHeader(property) ? facts.content[property] !== undefined : HAS[property](facts, target);
}

/**
 * An object that was restored from an archive class gets the class that was requested for such objects, if
 * any. Any other object keeps its own. Pure.
 */
export function withAskedClass(
  facts: ObjectFacts,
  { restoredClass = null }: Pick<Policy, "restoredClass">,
): ObjectFacts {
  return facts.restored === true && restoredClass !== null ? { ...facts, copyClass: restoredClass } : facts;
}

/** The storage class that a copy must have. */
export function classOfCopy({ copyClass, storageClass }: Pick<ObjectFacts, "copyClass" | "storageClass">): string {
  return copyClass ?? storageClass;
}

/**
 * Whether the class must be sent with a copy. A copy gets STANDARD by itself, so STANDARD is sent only if the
 * object is to leave another class.
 */
export function needsClassSent(facts: Pick<ObjectFacts, "copyClass" | "storageClass">): boolean {
  return facts.copyClass !== undefined || facts.storageClass !== "STANDARD";
}

export type Verification =
  | { readonly kind: "same"; readonly notes: readonly string[] }
  | { readonly kind: "not-encrypted"; readonly detail: string }
  | { readonly kind: "differs"; readonly detail: string; readonly lost: readonly Property[] };

/**
 * Checks that it is the same object and is now encrypted as requested. Both sets of facts come from HEAD.
 * Pure.
 */
export function verifyCopy(before: ObjectFacts, after: ObjectFacts, target: Target): Verification {
  if (!target.holds(after)) {
    const other = after.encryption.state === target.name ? ", under another key," : "";
    return { kind: "not-encrypted", detail: `HEAD shows ${after.encryption.state}${other} after the copy` };
  }
  const differences = findDifferences(before, after);
  if (differences.length > 0) {
    const detail = `changed by the copy: ${differences.map(({ words }) => words).join("; ")}`;
    const lost = [...new Set(differences.map(({ property }) => property))];
    return { kind: "differs", detail, lost };
  }
  return { kind: "same", notes: [...changedEtag(before, after), ...changedChecksums(before, after)] };
}

interface Difference {
  readonly property: Property;
  readonly words: string;
}

function findDifferences(before: ObjectFacts, after: ObjectFacts): Difference[] {
  const found: Difference[] = [];
  const compare = (what: string, property: Property, was: unknown, is: unknown) => {
    if (was === is) return;
    found.push({ property, words: `${what}: ${words(was)} -> ${words(is)}${misread(was, is)}` });
  };
  compare("size", "body", before.sizeBytes, after.sizeBytes);
  compare("storage class", "storage-class", classOfCopy(before), after.storageClass);
  compare("hidden metadata", "user-metadata", before.hiddenMetadata, after.hiddenMetadata);
  // If HEAD shows no tag count, the tags themselves are read.
  if (after.tagCount !== null) compare("tag count", "tags", before.tagCount ?? 0, after.tagCount);
  compare("website redirect", "website-redirect", before.websiteRedirect, after.websiteRedirect);
  compare("lock mode", "lock", before.lock.mode, after.lock.mode);
  compare("retain until", "lock", instant(before.lock.retainUntil), instant(after.lock.retainUntil));
  compare("legal hold", "lock", before.lock.legalHold ?? "OFF", after.lock.legalHold ?? "OFF");
  for (const name of CONTENT_HEADERS) compare(name, name, before.content[name], after.content[name]);
  for (const name of metadataNames(before, after)) {
    compare(`x-amz-meta-${name}`, "user-metadata", before.userMetadata[name], after.userMetadata[name]);
  }
  return found;
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

/**
 * Detects that a store read UTF-8 as Latin-1, or the other way round. The first value is the one to put
 * again.
 */
function misread(was: unknown, is: unknown): string {
  if (typeof was !== "string" || typeof is !== "string") return "";
  const asLatin1 = Buffer.from(was).toString("latin1") === is || Buffer.from(is).toString("latin1") === was;
  return asLatin1 ? " (the store misread its encoding; the first is what it was)" : "";
}

/**
 * If an object was uploaded in parts, a copy in one piece gives it another ETag. That is no damage, but
 * others may hold the old one.
 */
function changedEtag(before: ObjectFacts, after: ObjectFacts): string[] {
  return before.etag === after.etag ? [] : [`ETag changed from ${before.etag} to ${after.etag}`];
}

function changedChecksums(before: ObjectFacts, after: ObjectFacts): string[] {
  const names = Object.keys(before.checksums).filter((name) => before.checksums[name] !== after.checksums[name]);
  return names.map((name) => `checksum ${name} is ${after.checksums[name] ?? "absent"}, was ${before.checksums[name]}`);
}
