import { inspectUnder } from "../inspect/inspect-under.js";
import { distinctKeys } from "../keys/customer-key.js";
import type { ObjectFacts } from "../model/object.js";
import { targetKey } from "../model/target.js";
import type { StoreError } from "../store/store-error.js";
import type { Road } from "./road.js";

/**
 * Whether a copy was refused only because the object is under another key by now than it was: somebody else wrote to it, or an
 * earlier copy whose answer was lost took effect, and the next attempt came with the key from before. Stores say so before
 * they look at conditions, and in the words of a missing right.
 */
export async function refusedForItsKey({ kind }: StoreError, facts: ObjectFacts, road: Road): Promise<boolean> {
  if (kind !== "bad-request" && !(kind === "access-denied" && facts.customerKey !== null)) return false;
  const { bucket, key, customerKey } = facts;
  const wanted = targetKey(road.policy.target);
  const others = distinctKeys([...(wanted === null ? [] : [wanted]), ...road.keys.keysFor(key)]);
  const now = await inspectUnder(customerKey, road.store, { bucket, key }, road.capabilities, others);
  if (now.kind !== "found") return now.kind === "sse-c";
  return now.facts.encryption.state !== facts.encryption.state || now.facts.customerKey?.md5 !== customerKey?.md5;
}
