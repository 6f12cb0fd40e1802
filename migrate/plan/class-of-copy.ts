import type { ObjectFacts } from "../model/object.js";
import type { Policy } from "../model/policy.js";

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
