import { isDeepStrictEqual } from "node:util";
import type { Capabilities, Property } from "../model/capabilities.js";
import type { CustomerKey } from "../model/encryption.js";
import { type ObjectFacts, unordered } from "../model/object.js";
import { REASON_WORDS, type StrategyName } from "../model/reason.js";
import type { Scope } from "../model/scope.js";
import type { Target } from "../model/target.js";
import { CLOSED_BY, fallThrough, guardOf, staysInPlace } from "../plan/strategies.js";
import type { Verification } from "../plan/verify-copy.js";
import type { Grant, Tag } from "../store/answers.js";
import type { ObjectStore } from "../store/object-store.js";
import { allEnded } from "../store/operations.js";
import { StoreError } from "../store/store-error.js";
import { type CanaryObject, deleteCanary, putCanary } from "./canary-object.js";
import type { RunContext } from "./context.js";
import { type CopyResult, copyInPlace } from "./copy.js";
import type { CopyJob, CopyTools } from "./copy-job.js";
import { inspectUnder } from "./inspect.js";
import { readBack } from "./read-back.js";

type Canary =
  | (CanaryResult & Removal & { readonly ownerId: string | null })
  | ({ readonly kind: "left-out"; readonly detail: string; readonly ownerId: null } & Removal);

interface Removal {
  /** What is left of the test object, in words, once it was deleted. */
  readonly leftBehind: Promise<string | null>;
}

interface KnownBefore {
  readonly capabilities: Capabilities;
  /** The customer key of the objects that this one stands for. */
  readonly sourceKey: CustomerKey | null;
  /** The owner of the test objects of this session, if one has shown it. */
  readonly ownerId: string | null;
}

/**
 * Copies one test object before the first real one. This detects a store that corrupts, loses or does not
 * encrypt what it copies, on an object that nobody misses. The test object is always deleted again. That has only begun
 * when this resolves.
 */
export async function sendCanary(...args: Parameters<typeof canary>) {
  try {
    return await canary(...args);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return {
      kind: "failed" as const,
      isCorrupt: false,
      detail: `it could not be uploaded: ${error.message}`,
      leftBehind: Promise.resolve(null),
      ownerId: null,
    };
  }
}

async function canary(
  scope: Scope,
  strategy: StrategyName,
  context: RunContext,
  { capabilities, sourceKey, ownerId: knownOwner }: KnownBefore,
): Promise<Canary> {
  const { testStore: store } = context;
  if (await locksByDefault(store, scope.bucket)) {
    const detail = "the bucket locks every new object, so a test object could not be deleted again";
    return { kind: "left-out", detail, leftBehind: Promise.resolve(null), ownerId: null };
  }
  const laying = { context, store, capabilities, strategy, ownerId: knownOwner };
  const object = await putCanary(laying, scope, sourceKey);
  try {
    const [ownerId, result] = await allEnded([
      capabilities.objectAcl ? ownerOf(object, store) : null,
      tryCanary(object, strategy, { context, store, capabilities }),
    ]);
    return { ...result, leftBehind: deleteCanary(store, object), ownerId };
  } catch (error) {
    await deleteCanary(store, object);
    throw error;
  }
}

/**
 * The owner of the objects that the run writes. If the credentials are not allowed to read that, they may not read the
 * access control list of any object, and each object reports it.
 */
async function ownerOf({ bucket, key }: CanaryObject, store: ObjectStore): Promise<string | null> {
  try {
    return (await store.getObjectAcl({ bucket, key })).ownerId || null;
  } catch (error) {
    if (error instanceof StoreError) return null;
    throw error;
  }
}

/** Whether the bucket locks new objects, so that a test object could not be deleted again. */
export async function locksByDefault(store: ObjectStore, bucket: string): Promise<boolean> {
  try {
    return (await store.getObjectLockConfiguration({ bucket })).locksByDefault;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    // If the configuration may not be read, a lock cannot be ruled out.
    return error.kind === "access-denied";
  }
}

export type CanaryResult =
  | { readonly kind: "passed"; readonly detail: string }
  /** The store refused to copy it, for a reason that says nothing about plaintext objects. */
  | { readonly kind: "inconclusive"; readonly detail: string }
  /** The store refuses such a copy, and not for missing permissions: no object is copied that way. */
  | { readonly kind: "refused"; readonly detail: string }
  /** It was copied without these properties: no object that has them is copied that way. */
  | { readonly kind: "lost"; readonly lost: readonly Property[]; readonly detail: string }
  /** `isCorrupt`: it was copied, and its bytes are lost. */
  | { readonly kind: "failed"; readonly detail: string; readonly isCorrupt: boolean };

/** Copies the canary as objects will be copied, then reads all of it back. */
export async function tryCanary(
  canary: CanaryObject,
  strategy: StrategyName,
  { context, store, capabilities }: CopyTools,
): Promise<CanaryResult> {
  const { bucket, key } = canary;
  const seen = inspectUnder(canary.customerKey, store, { bucket, key }, capabilities);
  const marked = marksOf(canary, store);
  await Promise.allSettled([seen, marked]);
  const before = await seen;
  if (before.kind !== "found") return failed(`it was uploaded, but HEAD then answered "${before.kind}"`);
  const { facts } = before;
  try {
    const marks = await marked;
    const strategies = [{ name: strategy, guard: guardOf(strategy, capabilities) }];
    const job: CopyJob = { context, store, capabilities, facts, strategies };
    const result = await copyInPlace(job);
    if (result.kind === "refused") return notCarried(result);
    const { carried, copied } = result;
    const copy = await readBack(job, carried, copied);
    if (copy.kind === "failed") return failed(`after the copy, ${copy.error.message}`);
    if (copy.kind === "replaced") return failed("after the copy, HEAD showed a different object");
    const [marksAfter, bytes] = await allEnded([marksOf(canary, store), bytesProblem(canary, copy.after, store)]);
    const losses = [...lossesInHead(copy.verification, facts, copy.after), ...lossesOfMarks(marks, marksAfter)];
    if (bytes !== null) return bytes;
    return losses.length === 0 ? passed(canary, facts, strategy, context.policy.target) : lostOrFailed(losses);
  } catch (error) {
    if (error instanceof StoreError) return refused(error, facts);
    throw error;
  }
}

interface CanaryLoss {
  readonly property: Property;
  readonly detail: string;
}

function lossesInHead(seen: Verification, before: ObjectFacts, after: ObjectFacts): CanaryLoss[] {
  const hadChecksum = Object.keys(before.checksums).length > 0;
  const checksum: CanaryLoss[] =
    hadChecksum && Object.keys(after.checksums).length === 0
      ? [{ property: "checksum", detail: "its checksum is gone" }]
      : [];
  if (seen.kind === "same") return checksum;
  if (seen.kind === "not-encrypted") return [{ property: "encryption", detail: seen.detail }, ...checksum];
  return [...seen.lost.map((property) => ({ property, detail: seen.detail })), ...checksum];
}

/** Properties that HEAD does not show, or not on every store. */
interface Marks {
  readonly tags: readonly Tag[];
  readonly grants: readonly Grant[];
}

async function marksOf({ bucket, key, tagged, granted }: CanaryObject, store: ObjectStore): Promise<Marks> {
  const [tags, { grants }] = await allEnded([
    tagged ? store.getObjectTagging({ bucket, key }) : [],
    granted ? store.getObjectAcl({ bucket, key }) : { grants: [] },
  ]);
  return { tags, grants };
}

function lossesOfMarks(before: Marks, after: Marks): CanaryLoss[] {
  const isSame = (was: readonly object[], is: readonly object[]) => isDeepStrictEqual(unordered(was), unordered(is));
  return [
    ...(isSame(before.tags, after.tags)
      ? []
      : [{ property: "tags", detail: "after the copy, its tags were different" } as const]),
    ...(isSame(before.grants, after.grants)
      ? []
      : [{ property: "acl", detail: "after the copy, its access control list was different" } as const]),
  ];
}

function lostOrFailed(losses: readonly CanaryLoss[]): CanaryResult {
  const detail = [...new Set(losses.map((loss) => loss.detail))].join("; ");
  const lost = [...new Set(losses.map(({ property }) => property))];
  const isFatal = losses.some(({ property }) => property === "body");
  return isFatal ? failed(detail, lost.includes("body")) : { kind: "lost", lost, detail };
}

/** An error for missing permissions, throttling or the network says nothing about the object. */
function tellsOfBytes({ kind, facts: { status } }: StoreError): boolean {
  return status !== null && kind !== "access-denied" && kind !== "throttled";
}

/** If objects with an access control list cannot be copied this way, that says nothing about the others. */
function notCarried({ reason, detail }: Extract<CopyResult, { kind: "refused" }>): CanaryResult {
  const words = `${REASON_WORDS[reason]}: ${detail}`;
  return reason === "acl-cannot-be-carried" ? { kind: "lost", lost: ["acl"], detail: words } : failed(words);
}

async function bytesProblem(canary: CanaryObject, { customerKey }: ObjectFacts, store: ObjectStore) {
  try {
    const { bucket, key, body } = canary;
    const { body: bytesAfter } = await store.getObject({ bucket, key, headers: customerKey?.headers() });
    return Buffer.from(body).equals(bytesAfter) ? null : failed("after the copy, its bytes were different", true);
  } catch (error) {
    if (error instanceof StoreError)
      return failed(`after the copy, it could not be read: ${error.message}`, tellsOfBytes(error));
    throw error;
  }
}

/**
 * If the bucket's default encrypted the canary on upload, it is not a plaintext source, and some stores
 * refuse to copy it onto itself. If the store does not know a strategy, it refuses it for real objects too,
 * and they use another one.
 */
function refused(error: StoreError, facts: ObjectFacts): CanaryResult {
  // It was put under SSE-S3 for this call, which changes no plaintext object.
  if (error.facts.operation === "updateObjectEncryption" && fallThrough(error, []) !== null)
    return { kind: "refused", detail: `its encryption could not be updated: ${error.message}` };
  const wasEncrypted = facts.encryption.state !== "none" && facts.customerKey === null;
  const ofEncrypted = error.kind === "not-implemented" || error.kind === "bad-request";
  if (wasEncrypted && (ofEncrypted || error.kind === "illegal-self-copy")) {
    const detail = `the bucket encrypted it on upload, and the store refused to copy it: ${error.message}`;
    return { kind: "inconclusive", detail };
  }
  if (fallThrough(error, []) !== null)
    return { kind: "inconclusive", detail: `the store does not support such a copy: ${error.message}` };
  const detail = `it could not be copied: ${error.message}`;
  return isOfCopy(error) ? { kind: "refused", detail } : failed(detail);
}

/** Whether the store knows the call and reports that the request is wrong. */
function isOfCopy({ kind, facts: { operation, status } }: StoreError): boolean {
  const isRefusal = status !== null && status >= 400 && status < 500;
  return isRefusal && (kind === "bad-request" || kind === "other") && CLOSED_BY[operation] !== undefined;
}

const WAY_WORDS: Readonly<Record<StrategyName, string>> = {
  copy: "copied onto itself",
  "copy-replacing": "copied onto itself with its metadata sent again",
  "copy-multipart": "copied onto itself in parts",
  rewrite: "downloaded and uploaded again",
  "update-encryption": "updated without being written again",
};

function passed({ leftOut }: CanaryObject, facts: ObjectFacts, strategy: StrategyName, target: Target): CanaryResult {
  const words = `${staysInPlace(strategy) ? "an object under SSE-S3" : sourceWords(facts)} was ${WAY_WORDS[strategy]}, ${target.words}`;
  const untried = leftOut.length === 0 ? "" : `; without what the store does not accept: ${leftOut.join(", ")}`;
  return { kind: "passed", detail: `${words}, and is otherwise unchanged${untried}` };
}

function sourceWords({ encryption, customerKey }: ObjectFacts): string {
  if (customerKey !== null) return "an object under a customer key";
  return encryption.state === "none" ? "a plaintext object" : "an object that the bucket's default encrypted";
}

function failed(detail: string, isCorrupt = false): CanaryResult {
  return { kind: "failed", detail, isCorrupt };
}
