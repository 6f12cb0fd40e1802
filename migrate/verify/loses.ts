import type { CarriedFacts, Loss } from "../inspect/object-facts.js";

/** What may be lost by the operator's own word is no difference. */
export function loses({ losses }: CarriedFacts, what: Loss): boolean {
  return losses.some((loss) => loss.of === what);
}
