import type { StrategyName } from "../journal/record.js";
import type { Capabilities } from "../plan/capabilities.js";
import type { Loss, Policy } from "../plan/policy.js";
import type { RefuseReason } from "../plan/reason.js";
import type { Grant, Tag } from "../store/answers.js";
import type { ObjectInput, ObjectStore } from "../store/object-store.js";
import { StoreError, type StoreErrorKind } from "../store/store-error.js";
import { expectedLosses } from "./expected-losses.js";
import type { AcceptedLoss, CarriedFacts, ObjectFacts } from "./object-facts.js";

export type CarriedInspection =
  | { readonly kind: "found"; readonly carried: CarriedFacts }
  | { readonly kind: "refused"; readonly reason: RefuseReason; readonly error: StoreError };

/** Missing for good, or answered with an error each time it was asked. Anything else is told by the caller. */
const CANNOT_BE_READ: ReadonlySet<StoreErrorKind> = new Set(["access-denied", "bad-request", "server-error"]);

/** Reads what a copy would drop: the access control list always, the tags where they will be sent again. */
export async function inspectCarried(
  store: ObjectStore,
  facts: ObjectFacts,
  strategy: StrategyName,
  { capabilities, policy }: { readonly capabilities: Capabilities; readonly policy: Policy },
): Promise<CarriedInspection> {
  const { bucket, key } = facts;
  const input: ObjectInput = { bucket, key, versionId: facts.versionId ?? undefined };
  const losses: AcceptedLoss[] = [...expectedLosses(facts, strategy, capabilities)];
  const readOr = async <T>(loss: ReadLoss, read: () => Promise<T>, nothing: T): Promise<T> => {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof StoreError && CANNOT_BE_READ.has(error.kind))) throw error;
      if (!policy.acceptLoss.includes(loss)) throw new Unreadable(loss, error);
      losses.push({ of: loss, words: `${LOSS_WORDS[loss]}, which was accepted: ${error.message}` });
      return nothing;
    }
  };
  try {
    const read = capabilities.objectAcl ? await readOr("acl", () => readGrants(store, input), null) : null;
    const grants = keepsGrants(strategy, capabilities) ? read : await readOr("acl", () => refuseGrants(read), null);
    const tags = await readOr("tags", () => readTags(store, input, facts, strategy, capabilities), []);
    return { kind: "found", carried: { grants, tags, losses } };
  } catch (error) {
    if (error instanceof Unreadable) return { kind: "refused", reason: REFUSED_FOR[error.loss], error: error.cause };
    throw error;
  }
}

type ReadLoss = Extract<Loss, "acl" | "tags">;

const REFUSED_FOR: Readonly<Record<ReadLoss, RefuseReason>> = {
  acl: "acl-cannot-be-carried",
  tags: "tags-cannot-be-carried",
};
const LOSS_WORDS: Readonly<Record<ReadLoss, string>> = {
  acl: "its access control list could not be read or kept and was reset to the owner's alone",
  tags: "its tags could not be read and may be lost",
};

class Unreadable extends Error {
  readonly loss: ReadLoss;
  override readonly cause: StoreError;

  constructor(loss: ReadLoss, cause: StoreError) {
    super(cause.message);
    this.loss = loss;
    this.cause = cause;
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

function keepsGrants(strategy: StrategyName, { copyTakesAcl }: Capabilities): boolean {
  return copyTakesAcl || (strategy !== "copy" && strategy !== "copy-replacing");
}

/** Grants that were read, and that the store would drop all the same. */
async function refuseGrants(grants: readonly Grant[] | null): Promise<null> {
  if (grants === null) return null;
  const known = { kind: "bad-request", operation: "copyObject", status: null, requestId: null } as const;
  throw new StoreError({
    ...known,
    code: "AclNotTaken",
    message: "the store drops or refuses the grants that are sent with a copy",
  });
}

function isOwnersAlone(ownerId: string | null, grants: readonly Grant[]): boolean {
  return grants.every(({ permission, grantee }) => permission === "FULL_CONTROL" && grantee.value === ownerId);
}

/** A plain copy carries tags by itself. Every other way sends them again, and HEAD does not count them everywhere. */
async function readTags(
  store: ObjectStore,
  input: ObjectInput,
  facts: ObjectFacts,
  strategy: StrategyName,
  capabilities: Capabilities,
): Promise<readonly Tag[]> {
  const needed = strategy !== "copy" || facts.tagCount > 0 || !capabilities.copyKeepsTags;
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
