import type { CarriedFacts } from "../inspect/object-facts.js";
import type { Loss } from "../plan/policy.js";

/** What may be lost by the operator's own word is no difference. */
export function loses({ losses }: CarriedFacts, what: Loss): boolean {
  return losses.some((loss) => loss.of === what);
}
