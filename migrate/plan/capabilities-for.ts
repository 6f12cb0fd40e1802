import type { ObjectFacts } from "../inspect/object-facts.js";
import type { Capabilities } from "./capabilities.js";
import type { Target } from "./target.js";

/**
 * What the store can do with this very object: no condition on a write, where it has none for what is under a customer key
 * before the copy or after it. Pure.
 */
export function capabilitiesFor(
  { encryption }: Pick<ObjectFacts, "encryption">,
  target: Target,
  capabilities: Capabilities,
): Capabilities {
  const underKey = encryption.state === "sse-c" || target.kind === "sse-c";
  if (!underKey || capabilities.conditionsOnCustomerKeys) return capabilities;
  return withoutDestinationConditions(capabilities);
}

/** The same store, for a write that replaces something which has no ETag to match. */
export function withoutDestinationConditions(capabilities: Capabilities): Capabilities {
  return { ...capabilities, putIfMatch: false, copyIfMatch: false, completeMultipartIfMatch: false };
}
