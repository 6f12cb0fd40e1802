import type { StrategyName } from "../journal/record.js";
import type { Scope } from "../journal/run-record.js";
import type { CustomerKey } from "../keys/customer-key.js";
import type { CopyingRoad } from "../road/road.js";
import { StoreError } from "../store/store-error.js";
import { deleteCanary, putCanary } from "./canary-object.js";
import { type CanaryResult, tryCanary } from "./try-canary.js";

export type Canary =
  | (CanaryResult & { readonly leftBehind: string | null })
  | { readonly kind: "left-out"; readonly detail: string; readonly leftBehind: null };

/**
 * Sends one throw-away object down the road before the first real one: a store that corrupts, forgets or does not
 * encrypt what it copies is found out on an object that nobody misses. The object is deleted again whatever happens.
 */
export async function canary(
  scope: Scope,
  strategy: StrategyName,
  road: CopyingRoad,
  sourceKey: CustomerKey | null = null,
): Promise<Canary> {
  const { store, capabilities, policy } = road;
  if (await locksByDefault(road, scope.bucket)) {
    const detail = "the bucket locks every new object, so a throw-away object could not be deleted again";
    return { kind: "left-out", detail, leftBehind: null };
  }
  // Where tags may be lost they are not what the copy is tried for, and may not be readable.
  const tagged = capabilities.objectTagging && !policy.acceptLoss.includes("tags");
  const object = await putCanary(road, scope, tagged, sourceKey);
  let leftBehind: string | null = null;
  let result: CanaryResult;
  try {
    result = await tryCanary(object, strategy, road);
  } finally {
    leftBehind = await deleteCanary(store, object);
  }
  return { ...result, leftBehind };
}

async function locksByDefault({ store }: CopyingRoad, bucket: string): Promise<boolean> {
  try {
    return (await store.getObjectLockConfiguration({ bucket })).locksByDefault;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    // Where it may not be read, a lock cannot be ruled out.
    return error.kind === "access-denied";
  }
}
