import { isDeepStrictEqual } from "node:util";
import { copyInPlace } from "../copy/copy-in-place.js";
import { inspectUnder } from "../inspect/inspect-under.js";
import type { ObjectFacts } from "../inspect/object-facts.js";
import type { StrategyName } from "../journal/record.js";
import { fallThrough } from "../plan/fall-through.js";
import { REASON_WORDS } from "../plan/reason.js";
import { guardOf } from "../plan/strategies.js";
import type { Target } from "../plan/target.js";
import type { CopyingRoad } from "../road/road.js";
import type { Tag } from "../store/answers.js";
import type { ObjectStore } from "../store/object-store.js";
import { StoreError } from "../store/store-error.js";
import { readBack } from "../verify/read-back.js";
import type { CanaryObject } from "./canary-object.js";

export type CanaryResult =
  | { readonly kind: "passed"; readonly detail: string }
  /** The store refused to copy it, in a way that says nothing of plaintext objects. */
  | { readonly kind: "inconclusive"; readonly detail: string }
  | { readonly kind: "failed"; readonly detail: string };

/** Copies the canary as objects will be copied, then reads all of it back. */
export async function tryCanary(
  canary: CanaryObject,
  strategy: StrategyName,
  road: CopyingRoad,
): Promise<CanaryResult> {
  const { store, capabilities } = road;
  const { bucket, key } = canary;
  const before = await inspectUnder(canary.customerKey, store, { bucket, key }, capabilities);
  if (before.kind !== "found") return failed(`it was put, and HEAD then answered "${before.kind}"`);
  const { facts } = before;
  try {
    const tags = await tagsOf(canary, store);
    const guard = guardOf(strategy, capabilities);
    const result = await copyInPlace({ ...road, facts }, [{ name: strategy, guard }]);
    if (result.kind === "refused") return failed(`${REASON_WORDS[result.reason]}: ${result.detail}`);
    const { carried, copied } = result;
    const seen = await readBack(store, { facts, carried }, copied, road);
    if (seen.kind === "failed") return failed(`after the copy, ${seen.error.message}`);
    if (seen.kind === "replaced") return failed("after the copy, HEAD showed another object than was copied");
    if (seen.verification.kind !== "same") return failed(seen.verification.detail);
    return (await contentProblem(canary, tags, seen.after, store)) ?? passed(facts, strategy, road.policy.target);
  } catch (error) {
    if (error instanceof StoreError) return refused(error, facts);
    throw error;
  }
}

async function contentProblem(
  canary: CanaryObject,
  tags: readonly Tag[],
  { customerKey }: ObjectFacts,
  store: ObjectStore,
) {
  try {
    const { bucket, key, body } = canary;
    const { body: bytesAfter } = await store.getObject({ bucket, key, headers: customerKey?.headers() });
    if (!Buffer.from(body).equals(bytesAfter)) return failed("after the copy, its bytes were others than before");
    const tagsAfter = await tagsOf(canary, store);
    return isDeepStrictEqual(tagsAfter, tags) ? null : failed("after the copy, its tags were others than before");
  } catch (error) {
    if (error instanceof StoreError) return failed(`after the copy, it could not be read: ${error.message}`);
    throw error;
  }
}

/** Read in full: not every store counts tags in HEAD. */
function tagsOf({ bucket, key, tagged }: CanaryObject, store: ObjectStore): Promise<readonly Tag[]> {
  return tagged ? store.getObjectTagging({ bucket, key }) : Promise.resolve([]);
}

/**
 * What a bucket's default encrypted on arrival is no plaintext source, and some stores refuse to copy it onto itself. A way
 * that the store does not know is refused for real objects too, and they go another.
 */
function refused(error: StoreError, facts: ObjectFacts): CanaryResult {
  const wasEncrypted = facts.encryption.state !== "none" && facts.customerKey === null;
  const ofEncrypted = error.kind === "not-implemented" || error.kind === "bad-request";
  if (wasEncrypted && (ofEncrypted || error.kind === "illegal-self-copy")) {
    const detail = `the bucket encrypted it on arrival, and the store would not copy it: ${error.message}`;
    return { kind: "inconclusive", detail };
  }
  if (fallThrough(error, []) !== null)
    return { kind: "inconclusive", detail: `the store has no such copy: ${error.message}` };
  return failed(`it could not be copied: ${error.message}`);
}

const WAY_WORDS: Readonly<Record<StrategyName, string>> = {
  copy: "copied onto itself",
  "copy-replacing": "copied onto itself with its metadata sent again",
  "copy-multipart": "copied onto itself in parts",
  rewrite: "read and put again",
};

const TARGET_WORDS: Readonly<Record<Target["kind"], string>> = {
  "sse-s3": "is AES256",
  "sse-c": "is under the customer key that was asked for",
};

function passed(facts: ObjectFacts, strategy: StrategyName, target: Target): CanaryResult {
  const words = `${sourceWords(facts)} was ${WAY_WORDS[strategy]}, ${TARGET_WORDS[target.kind]}`;
  return { kind: "passed", detail: `${words}, and is otherwise the same` };
}

function sourceWords({ encryption, customerKey }: ObjectFacts): string {
  if (customerKey !== null) return "an object under a customer key";
  return encryption.state === "none" ? "a plaintext object" : "an object that the bucket's default encrypted";
}

function failed(detail: string): CanaryResult {
  return { kind: "failed", detail };
}
