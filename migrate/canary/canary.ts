import type { CustomerKey } from "../model/encryption.js";
import type { Scope } from "../model/scope.js";
import type { StrategyName } from "../model/strategy.js";
import type { CopyingRoad } from "../road/road.js";
import type { ObjectStore } from "../store/object-store.js";
import { StoreError } from "../store/store-error.js";
import { type CanaryObject, deleteCanary, putCanary } from "./canary-object.js";
import { type CanaryResult, tryCanary } from "./try-canary.js";

export type Canary =
  | (CanaryResult & { readonly leftBehind: string | null; readonly ownerId: string | null })
  | { readonly kind: "left-out"; readonly detail: string; readonly leftBehind: null; readonly ownerId: null };

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
  const { store, capabilities } = road;
  if (await locksByDefault(road, scope.bucket)) {
    const detail = "the bucket locks every new object, so a throw-away object could not be deleted again";
    return { kind: "left-out", detail, leftBehind: null, ownerId: null };
  }
  const object = await putCanary({ ...road, strategy }, scope, sourceKey);
  let leftBehind: string | null = null;
  let ownerId: string | null;
  let result: CanaryResult;
  try {
    ownerId = capabilities.objectAcl ? await ownerOf(object, store) : null;
    result = await tryCanary(object, strategy, road);
  } finally {
    leftBehind = await deleteCanary(store, object);
  }
  return { ...result, leftBehind, ownerId };
}

/** Whose the run's writes are. Where that may not be read, no object's list may be, and each of them says so. */
async function ownerOf({ bucket, key }: CanaryObject, store: ObjectStore): Promise<string | null> {
  try {
    return (await store.getObjectAcl({ bucket, key })).ownerId || null;
  } catch (error) {
    if (error instanceof StoreError) return null;
    throw error;
  }
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
