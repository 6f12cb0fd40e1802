import { isDeepStrictEqual } from "node:util";
import { copyInPlace } from "../copy/copy-in-place.js";
import { inspect } from "../inspect/inspect.js";
import type { ObjectFacts } from "../inspect/object-facts.js";
import type { StrategyName } from "../journal/record.js";
import { REASON_WORDS } from "../plan/reason.js";
import type { Strategy } from "../plan/strategies.js";
import type { CopyingRoad } from "../road/road.js";
import type { Tag } from "../store/answers.js";
import type { ObjectStore } from "../store/object-store.js";
import { StoreError } from "../store/store-error.js";
import { readBack } from "../verify/read-back.js";
import type { CanaryObject } from "./canary-object.js";
import { waysToTry } from "./ways-to-try.js";

export type CanaryResult =
  | { readonly kind: "passed"; readonly detail: string }
  /** The store refused to copy it, in a way that says nothing of plaintext objects. */
  | { readonly kind: "inconclusive"; readonly detail: string }
  | { readonly kind: "failed"; readonly detail: string };

/** Copies the canary in every way in which objects will be copied, and reads all of it back each time. */
export async function tryCanary(canary: CanaryObject, road: CopyingRoad): Promise<CanaryResult> {
  const { bucket, key } = canary;
  const put = await inspect(road.store, { bucket, key }, road.capabilities);
  if (put.kind !== "found") return failed(`it was put, and HEAD then answered "${put.kind}"`);
  const ways = waysToTry(put.facts, road);
  const went: StrategyName[] = [];
  for (const strategies of ways) {
    const before = await inspect(road.store, { bucket, key }, road.capabilities);
    if (before.kind !== "found") return failed(`it was copied, and HEAD then answered "${before.kind}"`);
    const tried = await tryWay(canary, before.facts, strategies, road);
    if (tried.kind !== "went") return tried;
    went.push(tried.by);
  }
  return passed(put.facts, went);
}

type Way = readonly [Strategy, ...Strategy[]];

async function tryWay(
  canary: CanaryObject,
  facts: ObjectFacts,
  strategies: Way,
  road: CopyingRoad,
): Promise<Exclude<CanaryResult, { kind: "passed" }> | { readonly kind: "went"; readonly by: StrategyName }> {
  const { store, capabilities } = road;
  try {
    const tags = await tagsOf(canary, store);
    const result = await copyInPlace({ ...road, facts }, strategies);
    if (result.kind === "refused") return failed(`${REASON_WORDS[result.reason]}: ${result.detail}`);
    const { carried, copied, strategy } = result;
    const seen = await readBack(store, { facts, carried }, copied, capabilities);
    if (seen.kind === "failed") return failed(`after the copy, ${seen.error.message}`);
    if (seen.kind === "replaced") return failed("after the copy, HEAD showed another object than was copied");
    if (seen.verification.kind !== "same") return failed(seen.verification.detail);
    return (await contentProblem(canary, tags, store)) ?? { kind: "went", by: strategy };
  } catch (error) {
    if (error instanceof StoreError) return refused(error, facts);
    throw error;
  }
}

async function contentProblem(canary: CanaryObject, tags: readonly Tag[], store: ObjectStore) {
  try {
    const { bucket, key, body } = canary;
    const bytesAfter = await store.getObject({ bucket, key });
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

/** What a bucket's default encrypted on arrival is no plaintext source, and some stores refuse to copy it onto itself. */
function refused(error: StoreError, facts: ObjectFacts) {
  const wasEncrypted = facts.encryption.state !== "none";
  const ofEncrypted = ["not-implemented", "bad-request", "illegal-self-copy"].includes(error.kind);
  return wasEncrypted && ofEncrypted
    ? {
        kind: "inconclusive" as const,
        detail: `the bucket encrypted it on arrival, and the store would not copy it: ${error.message}`,
      }
    : failed(`it could not be copied: ${error.message}`);
}

const WAY_WORDS: Readonly<Record<StrategyName, string>> = {
  copy: "in one piece",
  "copy-replacing": "in one piece with its metadata sent again",
  "copy-multipart": "in parts",
  rewrite: "by reading and putting it again",
};

function passed({ encryption }: ObjectFacts, went: readonly StrategyName[]): CanaryResult {
  const source = encryption.state === "none" ? "a plaintext object" : "an object that the bucket's default encrypted";
  const ways = [...new Set(went)].map((way) => WAY_WORDS[way]).join(", and ");
  return { kind: "passed", detail: `${source} was copied onto itself ${ways}; it is AES256, and otherwise the same` };
}

function failed(detail: string) {
  return { kind: "failed" as const, detail };
}
