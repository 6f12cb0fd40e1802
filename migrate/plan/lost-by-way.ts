import type { LostByWay, Property } from "../model/capabilities.js";
import { CONTENT_HEADERS, type Loss, type ObjectFacts } from "../model/object.js";
import type { Policy } from "../model/policy.js";
import type { StrategyName } from "../model/strategy.js";
import type { Target } from "../model/target.js";

/** By which name an operator accepts the loss; `null` if no name covers it. */
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

/** What of an object this way was seen to lose, as far as HEAD shows that the object has it. Pure. */
export function lostOf(facts: ObjectFacts, way: StrategyName, lostBy: LostByWay, target: Target): readonly Property[] {
  return (lostBy[way] ?? []).filter((property) => hasProperty(facts, property, target));
}

type Header = keyof ObjectFacts["content"];

/** Tags and ACL are read only once the object is about to be copied: not every store counts tags in HEAD. */
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

/** An object that was restored from an archive class gets the class that was asked for such, if one was; any other keeps its own. Pure. */
export function withAskedClass(
  facts: ObjectFacts,
  { restoredClass = null }: Pick<Policy, "restoredClass">,
): ObjectFacts {
  return facts.restored === true && restoredClass !== null ? { ...facts, copyClass: restoredClass } : facts;
}

/** The class that a copy is to have. */
export function classOfCopy({ copyClass, storageClass }: Pick<ObjectFacts, "copyClass" | "storageClass">): string {
  return copyClass ?? storageClass;
}

/** Whether a copy has to be sent its class: STANDARD is what it gets by itself, unless the object is to leave another one. */
export function needsClassSent(facts: Pick<ObjectFacts, "copyClass" | "storageClass">): boolean {
  return facts.copyClass !== undefined || facts.storageClass !== "STANDARD";
}
