import type { ObjectFacts } from "../inspect/object-facts.js";
import type { Capabilities } from "./capabilities.js";
import type { Target } from "./target.js";

/**
 * What the store can do with this very object: where a customer key is in play, before the copy or after it, some have no
 * condition on a write, and some refuse a way of copying. Pure.
 */
export function capabilitiesFor(
  { encryption }: Pick<ObjectFacts, "encryption">,
  target: Target,
  capabilities: Capabilities,
): Capabilities {
  const underKey = encryption.state === "sse-c" || target.kind === "sse-c";
  if (!underKey) return capabilities;
  const closedWays = [...capabilities.closedWays, ...capabilities.closedToCustomerKeys];
  const open = { ...capabilities, closedWays };
  return capabilities.conditionsOnCustomerKeys ? open : withoutDestinationConditions(open);
}

/** The same store, for a write that replaces something which has no ETag to match. */
export function withoutDestinationConditions(capabilities: Capabilities): Capabilities {
  return { ...capabilities, putIfMatch: false, copyIfMatch: false, completeMultipartIfMatch: false };
}
