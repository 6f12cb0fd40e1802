import { type Capabilities, capabilitiesFor, type Property } from "../model/capabilities.js";
import { activeLock, type Loss, type ObjectFacts } from "../model/object.js";
import type { Policy } from "../model/policy.js";
import { RACE_GUARDS, type RaceGuard, type RefuseReason, type StrategyName } from "../model/reason.js";
import type { Operation } from "../store/operations.js";
import type { StoreError, StoreErrorKind } from "../store/store-error.js";
import { isPartSource, isReadTwice } from "../store/wire.js";
import { ACCEPTED_AS, lostOf, needsClassSent } from "./verify-copy.js";

/** One way of copying an object onto itself. */
export interface Strategy {
  readonly name: StrategyName;
  readonly guard: RaceGuard;
}

export interface ChosenStrategies {
  readonly kind: "strategies";
  /** The best comes first. The others are for a store that refuses it. */
  readonly strategies: readonly [Strategy, ...Strategy[]];
  /**
   * The requested option without which the plain copy would be the best. `null` if there is none, or if the
   * plain copy is the best.
   */
  readonly plainCopyFails: (typeof ASKED_FOR)[number] | null;
}

type Choice = ChosenStrategies | { readonly kind: "refuse"; readonly reason: RefuseReason };

interface Case {
  readonly facts: ObjectFacts;
  readonly policy: Policy;
  readonly capabilities: Capabilities;
}

/**
 * Cheapest first. Each strategy encrypts an object in place, or replaces it by an encrypted one with the same object
 * key.
 */
const BY_COST: readonly StrategyName[] = ["update-encryption", "copy", "copy-replacing", "copy-multipart", "rewrite"];

/** Reasons that rule out strategies, in the order in which they are reported. */
const SIEVES: readonly (readonly [RefuseReason, (name: StrategyName, of: Case) => boolean])[] = [
  ["copy-unsupported", (name, of) => CALLS_FOR[name](of)],
  ["no-way-left", isOpen],
  ["metadata-cannot-be-carried", carriesMetadata],
  ["storage-class-cannot-be-carried", carriesStorageClass],
  ["etag-cannot-be-kept", (name, of) => of.policy.etag === "any" || of.policy.target.keepsEtag(name, of.facts)],
  ["no-destination-condition", isGuardedEnough],
];

/** The sieves that an option asks for, last one first. */
const ASKED_FOR = ["no-destination-condition", "etag-cannot-be-kept"] as const;

/** Whether the store has the calls for the strategy, and they accept an object of this size. */
const CALLS_FOR: Readonly<Record<StrategyName, (of: Case) => boolean>> = {
  copy: (of) => of.capabilities.selfCopy && fitsOneCopy(of),
  "copy-replacing": (of) => of.capabilities.selfCopyReplacing && fitsOneCopy(of),
  // An empty object has no part to send.
  "copy-multipart": ({ facts, capabilities }) =>
    capabilities.uploadPartCopy && facts.sizeBytes > 0 && isNamedToParts(facts.key, capabilities),
  // One PUT accepts as many bytes as one copy.
  rewrite: ({ facts, capabilities }) => facts.sizeBytes <= capabilities.maxCopyBytes,
  "update-encryption": ({ facts, policy, capabilities }) =>
    capabilities.updatesEncryption && isUpdatable(facts, policy),
};

/**
 * Whether a store that has UpdateObjectEncryption can put this object under the KMS key of the run. The class does not
 * matter: archived objects need no restore. A lock does, until it ends, and so does a class that was requested for the
 * copy.
 */
export function isUpdatable({ encryption: { state }, lock, copyClass }: ObjectFacts, { target }: Policy): boolean {
  const isSource = state === "sse-s3" || state === "sse-kms";
  if (target.kmsKey === null || !isSource || copyClass !== undefined) return false;
  const { mode, legalHold } = activeLock(lock, new Date());
  return mode === null && legalHold !== "ON";
}

/** Whether the object stays the same version, so that no setting of the bucket applies to it anew. */
export function staysInPlace(name: StrategyName): boolean {
  return name === "update-encryption";
}

function isNamedToParts(key: string, { partCopyTakesPercent }: Capabilities): boolean {
  return isPartSource(key) && (partCopyTakesPercent || !isReadTwice(key));
}

/**
 * Every strategy that can encrypt this object in place without losing anything, or why there is none. Pure.
 */
export function chooseStrategies(facts: ObjectFacts, policy: Policy, known: Capabilities): Choice {
  const capabilities = capabilitiesFor(facts, policy.target, known);
  const of: Case = { facts, policy, capabilities };
  if (facts.sizeBytes > largestObjectBytes(capabilities)) return refuse("larger-than-store-allows");
  const passed = BY_COST.map((name) => sievesPassed(name, of));
  const blocking = SIEVES[Math.max(...passed)];
  if (blocking !== undefined) return refuse(blocking[0]);
  const strategies = inOrder(passed, of);
  const plainCopyFails =
    strategies[0].name === "copy" ? null : (ASKED_FOR.find((reason) => isPlainWithout(reason, passed, of)) ?? null);
  return { kind: "strategies", strategies, plainCopyFails };
}

/** How many of the sieves the strategy passes before one stops it. */
function sievesPassed(name: StrategyName, of: Case): number {
  let passed = 0;
  while (SIEVES[passed]?.[1](name, of)) passed += 1;
  return passed;
}

/** Whether the plain copy is the cheapest of the strategies that come as far as this sieve. */
function isPlainWithout(reason: RefuseReason, passed: readonly number[], of: Case): boolean {
  const before = SIEVES.findIndex(([ofSieve]) => ofSieve === reason);
  const names = BY_COST.filter((_, index) => (passed[index] ?? 0) >= before);
  return names.includes("copy") && names.every((name) => costOf("copy", of) <= costOf(name, of));
}

/**
 * Why this strategy cannot be used for this object, according to all that is known now; `null` if it can.
 * Pure.
 */
export function whyNot(
  name: StrategyName,
  facts: ObjectFacts,
  policy: Policy,
  known: Capabilities,
): RefuseReason | null {
  const of: Case = { facts, policy, capabilities: capabilitiesFor(facts, policy.target, known) };
  return SIEVES.find(([, passes]) => !passes(name, of))?.[0] ?? null;
}

/** The strategies that pass all sieves, the best first. This runs for each object, so it makes no arrays in between. */
function inOrder(passed: readonly number[], of: Case): readonly [Strategy, ...Strategy[]] {
  const ordered: Strategy[] = [];
  for (let index = 0; index < BY_COST.length; index += 1) {
    const name = BY_COST[index];
    if (name === undefined || passed[index] !== SIEVES.length) continue;
    const strategy = { name, guard: guardOf(name, of.capabilities) };
    let place = ordered.length;
    for (let before = ordered[place - 1]; before && isBetter(strategy, before, of); before = ordered[place - 1]) {
      ordered[place] = before;
      place -= 1;
    }
    ordered[place] = strategy;
  }
  return ordered as [Strategy, ...Strategy[]];
}

/**
 * A condition on the destination protects the writes of other clients best, so it comes first. `off` asks for
 * the cheapest strategy.
 */
function isBetter(left: Strategy, right: Strategy, of: Case): boolean {
  const difference = of.policy.race === "off" ? 0 : rankOf(left.guard) - rankOf(right.guard);
  return difference < 0 || (difference === 0 && costOf(left.name, of) < costOf(right.name, of));
}

function rankOf(guard: RaceGuard): number {
  return RACE_GUARDS.length - RACE_GUARDS.indexOf(guard);
}

/** A small object is sent through this machine with one write, rather than copied in parts with three. */
function costOf(name: StrategyName, of: Case): number {
  const small = name === "rewrite" && of.facts.sizeBytes <= of.policy.rewriteBelowBytes;
  const cost = small ? BY_COST.indexOf("copy-multipart") - 0.5 : BY_COST.indexOf(name);
  return losesChecksum(name, of) ? cost + BY_COST.length : cost;
}

/** The loss of a checksum is no reason to refuse an object, nor to send a large one through this machine. */
function losesChecksum(name: StrategyName, of: Case): boolean {
  const isLarge = name === "rewrite" && of.facts.sizeBytes > of.policy.rewriteBelowBytes;
  return isLarge || lostIn(name, of).includes("checksum");
}

/** A condition on the destination also covers the source, because they are the same object. */
export function guardOf(name: StrategyName, capabilities: Capabilities): RaceGuard {
  if (name === "update-encryption") return "nothing-replaced";
  const [destination, source] = CONDITIONS[name];
  if (capabilities[destination]) return "source-and-destination";
  return source === "always" || capabilities[source] ? "source" : "none";
}

type Condition =
  | "copyIfMatch"
  | "copySourceIfMatch"
  | "completeMultipartIfMatch"
  | "partCopySourceIfMatch"
  | "putIfMatch";

const CONDITIONS: Readonly<
  Record<Exclude<StrategyName, "update-encryption">, readonly [destination: Condition, source: Condition | "always"]>
> = {
  copy: ["copyIfMatch", "copySourceIfMatch"],
  "copy-replacing": ["copyIfMatch", "copySourceIfMatch"],
  "copy-multipart": ["completeMultipartIfMatch", "partCopySourceIfMatch"],
  // The ETag of the answer identifies the bytes that were read, even if the condition was ignored.
  rewrite: ["putIfMatch", "always"],
};

/** The time between the GET and the PUT of a rewrite is longer than any window that `auto` may leave. */
function isGuardedEnough(name: StrategyName, { policy, capabilities }: Case): boolean {
  const guard = guardOf(name, capabilities);
  if (policy.race === "off" || guard === "source-and-destination" || guard === "nothing-replaced") return true;
  return policy.race === "auto" && name !== "rewrite";
}

function fitsOneCopy({ facts, policy, capabilities }: Case): boolean {
  // An empty object is never above a cutoff.
  return facts.sizeBytes <= Math.min(policy.copyCutoffBytes, capabilities.maxCopyBytes) || facts.sizeBytes === 0;
}

/**
 * A plain copy keeps even the metadata that HEAD cannot show. The other strategies send the visible metadata
 * again.
 */
function carriesMetadata(name: StrategyName, of: Case): boolean {
  const { facts, policy, capabilities } = of;
  if (staysInPlace(name)) return true;
  const isResent = name === "copy" ? capabilities.copyKeepsMetadata : facts.hiddenMetadata === 0;
  const isKept = isResent && !losesAs("metadata", name, of);
  return isKept || mayLose(policy, "metadata");
}

function carriesStorageClass(name: StrategyName, of: Case): boolean {
  const { facts, policy, capabilities } = of;
  const isCopy = name === "copy" || name === "copy-replacing";
  const kept = !isCopy || capabilities.copyTakesStorageClass || !needsClassSent(facts);
  // The present class may be lost, but never the one that was asked for.
  const mayBeLost = facts.copyClass === undefined && mayLose(policy, "storage-class");
  return (kept && !losesAs("storage-class", name, of)) || mayBeLost;
}

/**
 * A strategy is no longer used if it left a test object unencrypted or unreadable, or lost something of a
 * real object.
 */
function isOpen(name: StrategyName, of: Case): boolean {
  const lost = lostIn(name, of);
  return !of.capabilities.closedWays.includes(name) && !lost.includes("encryption") && !lost.includes("body");
}

function losesAs(loss: Loss, name: StrategyName, of: Case): boolean {
  const lost = lostIn(name, of);
  return lost.length > 0 && lost.some((property) => ACCEPTED_AS[property] === loss);
}

function lostIn(name: StrategyName, { facts, policy, capabilities }: Case): readonly Property[] {
  return lostOf(facts, name, capabilities.lostBy, policy.target);
}

function mayLose({ acceptLoss }: Policy, loss: Loss): boolean {
  return acceptLoss.includes(loss);
}

function largestObjectBytes({ maxObjectBytes, maxPartBytes, maxParts }: Capabilities): number {
  return Math.min(maxObjectBytes, maxPartBytes * maxParts);
}

function refuse(reason: RefuseReason): Choice {
  return { kind: "refuse", reason };
}

/** The calls that make copies, and the strategies that the refusal of each call rules out. */
export const CLOSED_BY: Readonly<Partial<Record<Operation, readonly StrategyName[]>>> = {
  copyObject: ["copy", "copy-replacing"],
  createMultipartUpload: ["copy-multipart"],
  uploadPartCopy: ["copy-multipart"],
  completeMultipartUpload: ["copy-multipart"],
  putObject: ["rewrite"],
  updateObjectEncryption: ["update-encryption"],
};

/** Refusals of UpdateObjectEncryption. They change nothing, and a copy may still be possible. */
const NOT_UPDATED: ReadonlySet<StoreErrorKind> = new Set([
  "not-implemented",
  "bad-request",
  "access-denied",
  "archived",
  "other",
]);

/**
 * The strategies that remain after a refusal of the call as a whole: the call is not implemented, the object
 * is too large for it, the store calls a copy onto itself illegal, or it does not update the encryption of this
 * object. `null` if the refusal is of another kind, and nothing else should be tried. Pure.
 */
export function fallThrough({ kind, facts }: StoreError, others: readonly Strategy[]): readonly Strategy[] | null {
  if (kind === "illegal-self-copy") return others.filter(({ name }) => name !== "copy");
  const isUpdate = facts.operation === "updateObjectEncryption" && NOT_UPDATED.has(kind);
  const isClosed = kind === "not-implemented" || kind === "too-large" || isUpdate;
  const closed = isClosed ? CLOSED_BY[facts.operation] : undefined;
  return closed === undefined ? null : others.filter(({ name }) => !closed.includes(name));
}
