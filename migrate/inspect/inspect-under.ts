import { distinctKeys } from "../keys/customer-key.js";
import type { Capabilities } from "../model/capabilities.js";
import type { CustomerKey } from "../model/encryption.js";
import type { ObjectStore } from "../store/object-store.js";
import { type InspectInput, type Inspection, inspect } from "./inspect.js";
import { headWithKey } from "./open-with-keys.js";

/**
 * As `inspect`, of an object that should be under the `expected` key: one HEAD where the answer names it. Where it does not,
 * the object counts as under that key only if the store refuses to show it without one.
 */
export async function inspectUnder(
  expected: CustomerKey | null,
  store: ObjectStore,
  input: InspectInput,
  capabilities: Capabilities,
  others: readonly CustomerKey[] = [],
): Promise<Inspection> {
  if (expected === null) return inspect(store, input, capabilities, others);
  const seen = await headWithKey(store, input, capabilities, expected);
  if (seen !== null && (seen.kind !== "found" || seen.named)) {
    return seen.kind === "found" ? { kind: "found", facts: seen.facts } : seen;
  }
  return inspect(store, input, capabilities, distinctKeys([expected, ...others]));
}
