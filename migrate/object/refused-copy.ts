import type { Observation } from "../journal/record.js";
import { distinctKeys } from "../keys/customer-key.js";
import type { Capabilities } from "../model/capabilities.js";
import type { ObjectFacts } from "../model/object.js";
import type { StrategyName } from "../model/strategy.js";
import type { Strategy } from "../plan/plan.js";
import type { ObjectStore } from "../store/object-store.js";
import { StoreError } from "../store/store-error.js";
import type { RunContext } from "./context.js";
import { inspectUnder } from "./inspect.js";

/** A way of copying that a store refused as if the object had changed, and what was seen of the object before. */
export interface RefusedWay {
  readonly facts: Sighting;
  readonly strategy: StrategyName;
  /** The store's own words. */
  readonly message: string;
}

/** What tells one write from another. */
export type Sighting = Pick<Observation, "etag" | "sizeBytes" | "lastModified" | "versionId">;

/** The refusals that no write explains: a look before and one after them saw the same object, so that nobody wrote. Pure. */
export function unexplained(ways: readonly RefusedWay[], seen: Sighting): readonly RefusedWay[] {
  return ways.filter(({ facts }) => isSame(facts, seen));
}

function isSame(facts: Sighting, seen: Sighting): boolean {
  const { etag, sizeBytes, lastModified, versionId } = facts;
  return (
    etag === seen.etag &&
    sizeBytes === seen.sizeBytes &&
    lastModified === seen.lastModified &&
    versionId === seen.versionId
  );
}

/** The ways that were refused come last, in case the refusal was of that moment. Pure. */
export function othersFirst(
  strategies: readonly Strategy[],
  refused: readonly Pick<RefusedWay, "strategy">[],
): readonly Strategy[] {
  const times = (name: StrategyName) => refused.filter(({ strategy }) => strategy === name).length;
  return strategies.toSorted((left, right) => times(left.name) - times(right.name));
}

export function refusedWords({ strategy, message }: RefusedWay): string {
  return `not by ${strategy}: ${message}; a look before and one after it saw the same object, so nobody wrote`;
}

const CODE = "SignatureDoesNotMatch";

/**
 * Whether a request was refused only because the store computes another signature over what belongs to this object: the same
 * credentials sign a request without its key and headers well enough, whatever else that is answered with.
 */
export async function refusedForItsSignature(
  error: StoreError,
  bucket: string,
  store: Pick<ObjectStore, "getBucketVersioning">,
): Promise<boolean> {
  if (error.facts.code !== CODE) return false;
  try {
    await store.getBucketVersioning({ bucket });
    return true;
  } catch (other) {
    if (!(other instanceof StoreError)) throw other;
    return other.facts.status !== null && other.kind !== "invalid-credentials" && other.kind !== "throttled";
  }
}

/**
 * Whether a copy was refused only because the object is under another key by now than it was: somebody else wrote to it, or an
 * earlier copy whose answer was lost took effect, and the next attempt came with the key from before. Stores say so before
 * they look at conditions, and in the words of a missing right.
 */
export async function refusedForItsKey(
  { kind }: StoreError,
  facts: ObjectFacts,
  capabilities: Capabilities,
  { store, policy, keys }: RunContext,
): Promise<boolean> {
  if (kind !== "bad-request" && !(kind === "access-denied" && facts.customerKey !== null)) return false;
  const { bucket, key, customerKey } = facts;
  const wanted = policy.target.customerKey;
  const others = distinctKeys([...(wanted === null ? [] : [wanted]), ...keys.keysFor(key)]);
  const now = await inspectUnder(customerKey, store, { bucket, key }, capabilities, others);
  if (now.kind !== "found") return now.kind === "sse-c";
  return now.facts.encryption.state !== facts.encryption.state || now.facts.customerKey?.md5 !== customerKey?.md5;
}
