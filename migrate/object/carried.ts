import type { Capabilities } from "../model/capabilities.js";
import type { AcceptedLoss, CarriedFacts, ClassChange, Loss, ObjectFacts, OwnerChange } from "../model/object.js";
import type { Policy } from "../model/policy.js";
import type { RefuseReason, StrategyName } from "../model/reason.js";
import type { Target } from "../model/target.js";
import { staysInPlace } from "../plan/strategies.js";
import { ACCEPTED_AS, lostOf, needsClassSent } from "../plan/verify-copy.js";
import type { Grant, Tag } from "../store/answers.js";
import type { ObjectAcl, ObjectInput, ObjectStore } from "../store/object-store.js";
import { allEnded } from "../store/operations.js";
import { StoreError, type StoreErrorKind } from "../store/store-error.js";
import type { EarlyAcl } from "./early-acl.js";

export type CarriedInspection =
  | { readonly kind: "found"; readonly carried: CarriedFacts }
  | { readonly kind: "refused"; readonly reason: RefuseReason; readonly error: StoreError };

/** Permanently unavailable, or an error on every attempt. The caller reports all other errors. */
const CANNOT_BE_READ: ReadonlySet<StoreErrorKind> = new Set(["access-denied", "bad-request", "server-error"]);

/**
 * Reads the properties that a copy would drop: always the access control list, and the tags if they will be
 * sent again. An update of the encryption drops nothing.
 */
export async function inspectCarried(
  store: CarriedReads,
  facts: ObjectFacts,
  strategy: StrategyName,
  { capabilities, policy }: { readonly capabilities: Capabilities; readonly policy: Policy },
): Promise<CarriedInspection> {
  if (staysInPlace(strategy)) return { kind: "found", carried: { grants: null, tags: [], losses: [] } };
  const { bucket, key } = facts;
  const input: ObjectInput = { bucket, key, versionId: facts.versionId ?? undefined };
  const lost: Record<Carried, AcceptedLoss[]> = { acl: [], owner: [], tags: [] };
  const readOr = async <T>(what: Carried, read: () => Promise<T>, nothing: T): Promise<T> => {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof StoreError && CANNOT_BE_READ.has(error.kind))) throw error;
      const { loss, reason, words } = NOT_CARRIED[what];
      if (!policy.acceptLoss.includes(loss)) throw new NotCarried(reason, error);
      lost[what].push({ of: loss, words: `${words}, as --accept-loss allows: ${error.message}` });
      return nothing;
    }
  };
  try {
    const [acl, tags] = await allEnded([
      capabilities.objectAcl ? readOr("acl", () => readAcl(store, input), NO_ACL) : NO_ACL,
      needsTags(facts, strategy, capabilities) ? readOr("tags", () => readTags(store, input, facts), []) : [],
    ]);
    const { grants: wanted, owner } = carriedGrants(acl, capabilities.ownerOfWrites);
    const what = owner === null ? "acl" : "owner";
    const grants = keepsGrants(strategy, capabilities) ? wanted : await readOr(what, () => refuseGrants(wanted), null);
    const expected = expectedLosses(facts, strategy, capabilities, policy.target);
    const losses = [...expected, ...lost.acl, ...lost.owner, ...lost.tags];
    return { kind: "found", carried: { grants, tags, losses, ...(owner && { owner }), ...newClassOf(facts) } };
  } catch (error) {
    if (error instanceof NotCarried) return { kind: "refused", reason: error.reason, error: error.cause };
    throw error;
  }
}

function newClassOf({ storageClass: before, copyClass: after }: ObjectFacts): Pick<CarriedFacts, "newClass"> {
  return after === undefined ? {} : { newClass: { before, after } };
}

type Carried = "acl" | "owner" | "tags";

interface NotCarriedFor {
  readonly loss: Loss;
  readonly reason: RefuseReason;
  readonly words: string;
}

const NOT_CARRIED: Readonly<Record<Carried, NotCarriedFor>> = {
  acl: {
    loss: "acl",
    reason: "acl-cannot-be-carried",
    words: "its access control list could not be read or kept and was reset to the owner only",
  },
  owner: {
    loss: "acl",
    reason: "owner-would-lose-access",
    words: "its previous owner and everyone else with a grant lost access",
  },
  tags: { loss: "tags", reason: "tags-cannot-be-carried", words: "its tags could not be read and may be lost" },
};

class NotCarried extends Error {
  readonly reason: RefuseReason;
  override readonly cause: StoreError;

  constructor(reason: RefuseReason, cause: StoreError) {
    super(cause.message);
    this.reason = reason;
    this.cause = cause;
  }
}

const NO_ACL: ObjectAcl = { ownerId: null, grants: [] };

async function readAcl(store: CarriedReads, input: ObjectInput): Promise<ObjectAcl> {
  try {
    return await store.getObjectAcl(input);
  } catch (error) {
    // A store without ACLs has none to lose.
    if (error instanceof StoreError && error.kind === "not-implemented") return NO_ACL;
    throw error;
  }
}

/** Whether grants that are sent with this strategy are known to be kept. */
export function keepsGrants(strategy: StrategyName, capabilities: Capabilities): boolean {
  if (capabilities.lostBy[strategy]?.includes("acl")) return false;
  if (strategy === "rewrite") return capabilities.putTakesAcl;
  if (staysInPlace(strategy)) return true;
  return strategy === "copy-multipart" ? capabilities.uploadTakesAcl : capabilities.copyTakesAcl;
}

/** Rejects if there are grants: they were read, but the store would drop them. */
async function refuseGrants(grants: readonly Grant[] | null): Promise<null> {
  if (grants === null) return null;
  const known = { kind: "bad-request", operation: "copyObject", status: null, requestId: null } as const;
  throw new StoreError({
    ...known,
    code: "AclNotTaken",
    message: "the store drops or refuses the grants that are sent with it",
  });
}

/**
 * A plain copy keeps tags by itself. Every other strategy sends them again. Not every store counts tags in
 * HEAD.
 */
function needsTags(facts: ObjectFacts, strategy: StrategyName, capabilities: Capabilities): boolean {
  const isKept = capabilities.copyKeepsTags && !capabilities.lostBy.copy?.includes("tags");
  const mayHaveSome = facts.tagCount === null ? !capabilities.headCountsTags : facts.tagCount > 0;
  return capabilities.objectTagging && (strategy !== "copy" || mayHaveSome || !isKept);
}

async function readTags(store: CarriedReads, input: ObjectInput, facts: ObjectFacts): Promise<readonly Tag[]> {
  try {
    return await store.getObjectTagging(input);
  } catch (error) {
    if (!facts.tagCount && error instanceof StoreError && hasNoTags(error)) return [];
    throw error;
  }
}

/**
 * A store without tags has none to lose. Some stores answer 404 for an object without tags: the object has
 * not vanished.
 */
function hasNoTags({ kind, facts: { code } }: StoreError): boolean {
  return kind === "not-implemented" || code === "NoSuchTagSet" || code === "NoSuchTagSetError";
}

interface CarriedGrants {
  /** `null` if only the owner has access: a copy gets that list by itself. */
  readonly grants: readonly Grant[] | null;
  /** `null` if the copy has the same owner as the object, or if that is unknown. */
  readonly owner: OwnerChange | null;
}

/**
 * The grants to send with a copy. If the copy gets another owner, they include the former owner and the new
 * one. A copy that is sent grants gets only these, and an owner without a grant may not read. Pure.
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

/** Some stores answer with an owner that has no ID. */
function isKnown(ownerId: string | null): ownerId is string {
  return ownerId !== null && ownerId !== "";
}

function fullControl(ownerId: string): Grant {
  return { permission: "FULL_CONTROL", grantee: { kind: "id", value: ownerId } };
}

function isOwnersAlone(ownerId: string | null, grants: readonly Grant[]): boolean {
  return grants.every(({ permission, grantee }) => permission === "FULL_CONTROL" && grantee.value === ownerId);
}

/** The facts about a copy that an auditor should know: the accepted losses, and a change of owner. Pure. */
export function carriedNotes({ losses, owner, grants, newClass }: CarriedFacts): readonly string[] {
  const lost = [...losses.map(({ words }) => words), ...(newClass === undefined ? [] : [classWords(newClass)])];
  if (owner === undefined) return lost;
  const access = grants === null ? "no longer has a grant" : "keeps FULL_CONTROL by a grant";
  return [...lost, `its owner changed from ${owner.before} to ${owner.after}, and the previous owner ${access}`];
}

function classWords({ before, after }: ClassChange): string {
  return `its storage class was ${before}, and its copy has ${after}, as --restored-class requests`;
}

/**
 * The properties that this strategy will lose. The plan allowed it only because the operator accepted that.
 * Pure.
 */
function expectedLosses(
  facts: ObjectFacts,
  strategy: StrategyName,
  capabilities: Capabilities,
  target: Target,
): readonly AcceptedLoss[] {
  const seen = lostOf(facts, strategy, capabilities.lostBy, target).map((property) => ACCEPTED_AS[property]);
  const isCopy = strategy === "copy" || strategy === "copy-replacing";
  const dropsClass = isCopy && !capabilities.copyTakesStorageClass && needsClassSent(facts);
  const losesClass = dropsClass || seen.includes("storage-class");
  const dropsMetadata = strategy === "copy" ? !capabilities.copyKeepsMetadata : facts.hiddenMetadata > 0;
  const losesMetadata = dropsMetadata || seen.includes("metadata");
  return [
    ...(losesClass
      ? [lost("storage-class", `its storage class (${facts.storageClass}) is not kept by the store's copies`)]
      : []),
    ...(facts.restored && facts.copyClass === undefined
      ? [lost("restore", `it is archived again (${facts.storageClass})`)]
      : []),
    ...(losesMetadata ? [lost("metadata", "some of its metadata may be lost")] : []),
  ];
}

function lost(of: AcceptedLoss["of"], words: string): AcceptedLoss {
  return { of, words: `${words}, as --accept-loss allows` };
}

/** The calls that read what HEAD does not show of an object. */
type CarriedReads = Pick<ObjectStore, "getObjectAcl" | "getObjectTagging">;

/**
 * Reads the properties of one object once, and returns the same answers to later calls. `early`: its access
 * control list, if it was requested already.
 */
export function readOnce(store: CarriedReads, early?: Pick<EarlyAcl, "take">): CarriedReads {
  let acl: ReturnType<CarriedReads["getObjectAcl"]> | undefined;
  let tags: ReturnType<CarriedReads["getObjectTagging"]> | undefined;
  return {
    getObjectAcl: (input) => {
      acl ??= early?.take()?.then((read) => read ?? store.getObjectAcl(input)) ?? store.getObjectAcl(input);
      return acl;
    },
    getObjectTagging: (input) => {
      tags ??= store.getObjectTagging(input);
      return tags;
    },
  };
}
