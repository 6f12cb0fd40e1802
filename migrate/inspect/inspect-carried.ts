import type { Capabilities } from "../plan/capabilities.js";
import type { Decision } from "../plan/plan.js";
import type { RefuseReason } from "../plan/reason.js";
import type { Grant, Tag } from "../store/answers.js";
import type { ObjectInput, ObjectStore } from "../store/object-store.js";
import { StoreError } from "../store/store-error.js";
import type { CarriedFacts, ObjectFacts } from "./object-facts.js";

export type CarriedInspection =
  | { readonly kind: "found"; readonly carried: CarriedFacts }
  | { readonly kind: "refused"; readonly reason: RefuseReason; readonly error: StoreError };

/** Rights or calls that are missing for good. Anything else is the object's failure, told by the caller. */
const CANNOT_BE_READ = new Set(["access-denied", "bad-request"]);

/** Reads what a copy would drop: the access control list always, the tags where they will be sent again. */
export async function inspectCarried(
  store: ObjectStore,
  facts: ObjectFacts,
  decision: Decision,
  capabilities: Capabilities,
): Promise<CarriedInspection> {
  const { bucket, key } = facts;
  const input: ObjectInput = { bucket, key, versionId: facts.versionId ?? undefined };
  let reason: RefuseReason = "acl-cannot-be-carried";
  try {
    const grants = capabilities.objectAcl ? await readGrants(store, input) : null;
    reason = "tags-cannot-be-carried";
    const tags = await readTags(store, input, facts, decision, capabilities);
    return { kind: "found", carried: { grants, tags } };
  } catch (error) {
    if (error instanceof StoreError && CANNOT_BE_READ.has(error.kind)) return { kind: "refused", reason, error };
    throw error;
  }
}

async function readGrants(store: ObjectStore, input: ObjectInput): Promise<readonly Grant[] | null> {
  try {
    const { ownerId, grants } = await store.getObjectAcl(input);
    return isOwnersAlone(ownerId, grants) ? null : grants;
  } catch (error) {
    // A store without ACLs has none to lose.
    if (error instanceof StoreError && error.kind === "not-implemented") return null;
    throw error;
  }
}

function isOwnersAlone(ownerId: string | null, grants: readonly Grant[]): boolean {
  return grants.every(({ permission, grantee }) => permission === "FULL_CONTROL" && grantee.value === ownerId);
}

/** A single copy carries tags by itself. In parts they are sent again, and HEAD does not count them everywhere. */
async function readTags(
  store: ObjectStore,
  input: ObjectInput,
  facts: ObjectFacts,
  decision: Decision,
  capabilities: Capabilities,
): Promise<readonly Tag[]> {
  const needed = decision.kind === "copy-multipart" || facts.tagCount > 0;
  if (!needed || !capabilities.objectTagging) return [];
  try {
    return await store.getObjectTagging(input);
  } catch (error) {
    if (facts.tagCount === 0 && error instanceof StoreError && hasNoTags(error)) return [];
    throw error;
  }
}

/** A store without tags has none to lose, and some answer 404 for an object that has none: it has not vanished. */
function hasNoTags({ kind, facts: { code } }: StoreError): boolean {
  return kind === "not-implemented" || code === "NoSuchTagSet" || code === "NoSuchTagSetError";
}
