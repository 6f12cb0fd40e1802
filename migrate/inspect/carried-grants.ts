import type { OwnerChange } from "../model/object.js";
import type { Grant } from "../store/answers.js";
import type { ObjectAcl } from "../store/object-store.js";

export interface CarriedGrants {
  /** `null` where the list is the one that a copy gets by itself: its owner's alone. */
  readonly grants: readonly Grant[] | null;
  /** `null` where the copy belongs to whom the object belongs to, and where that cannot be told. */
  readonly owner: OwnerChange | null;
}

/**
 * The grants to send with a copy. Where the copy belongs to somebody else than the object did, the former owner stands among
 * them, and so does the new one: who sends grants gets these alone, and an owner without one may not read. Pure.
 */
export function carriedGrants({ ownerId, grants }: ObjectAcl, ownerOfWrites: string | null): CarriedGrants {
  if (!isKnown(ownerId) || !isKnown(ownerOfWrites) || ownerId === ownerOfWrites) {
    return { grants: isOwnersAlone(ownerId, grants) ? null : grants, owner: null };
  }
  const both = [ownerId, ownerOfWrites];
  const others = grants.filter(
    ({ permission, grantee }) => permission !== "FULL_CONTROL" || !both.includes(grantee.value),
  );
  return { grants: [...both.map(fullControl), ...others], owner: { before: ownerId, after: ownerOfWrites } };
}

/** Some stores answer with an owner that has no id. */
function isKnown(ownerId: string | null): ownerId is string {
  return ownerId !== null && ownerId !== "";
}

function fullControl(ownerId: string): Grant {
  return { permission: "FULL_CONTROL", grantee: { kind: "id", value: ownerId } };
}

function isOwnersAlone(ownerId: string | null, grants: readonly Grant[]): boolean {
  return grants.every(({ permission, grantee }) => permission === "FULL_CONTROL" && grantee.value === ownerId);
}
