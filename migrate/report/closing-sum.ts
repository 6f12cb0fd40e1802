import { countOf, formatCount } from "../model/text.js";
import { outcomeCount } from "./counts.js";
import type { Totals } from "./summary.js";

/** Whether the sum closes, in words. */
export function closingWords(total: Totals): string {
  if (total.closes) {
    return "The sum closes, and every listing came to its end.";
  }
  if (total.notSeen !== undefined && total.listed === outcomeCount(total)) {
    const are = total.notSeen === 1 ? "location that was not seen is" : "locations that were not seen are";
    return `The sum closes for what was seen; ${formatCount(total.notSeen)} ${are} no part of it.`;
  }
  const difference = total.listed - outcomeCount(total);
  if (difference === 0) {
    return "The sum does not close: the parts agree, but a listing did not come to its end or one scope is off.";
  }
  return difference > 0
    ? `The sum does not close: ${countOf(difference, "object")} listed without an outcome.`
    : `The sum does not close: ${formatCount(-difference)} more outcomes than objects listed.`;
}
