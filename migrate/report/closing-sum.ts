import { outcomeCount } from "./counts.js";
import { countOf, formatCount } from "./figures.js";
import type { Totals } from "./summary.js";

/** Whether the sum closes, in words. */
export function closingWords(total: Totals): string {
  if (total.closes) {
    return "The sum closes, and every listing came to its end.";
  }
  const difference = total.listed - outcomeCount(total);
  if (difference === 0) {
    return "The sum does not close: the parts agree, but a listing did not come to its end or one scope is off.";
  }
  return difference > 0
    ? `The sum does not close: ${countOf(difference, "object")} listed without an outcome.`
    : `The sum does not close: ${formatCount(-difference)} more outcomes than objects listed.`;
}
