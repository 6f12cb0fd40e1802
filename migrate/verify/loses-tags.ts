import type { CarriedFacts } from "../inspect/object-facts.js";

/** Tags that nobody could read, and may be lost by the operator's own word, are no difference. */
export function losesTags({ losses }: CarriedFacts): boolean {
  return losses.some((loss) => loss.of === "tags");
}
