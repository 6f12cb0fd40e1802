import { countOf, formatCount } from "../model/text.js";
import { outcomeCount } from "./not-seen.js";
import type { Totals } from "./summary.js";

/**
 * - `sealed`: the run is complete, its totals close, and every object was seen to be encrypted.
 * - `unencrypted-remain`: complete, and some objects were last seen unencrypted.
 * - `differs`: complete, no object was seen unencrypted, but some copies differ from their originals.
 * - `no-default`: complete, every object was seen to be encrypted, but a bucket has no default encryption,
 *   so plaintext keeps arriving.
 * - `not-seen`: complete, no object was seen unencrypted, but some locations were not seen.
 * - `unproven`: complete, no object was seen unencrypted, but some could not be seen or found, or are only
 *   covered by a statement.
 * - `incomplete`: the run did not end, or its totals do not close. It says nothing about the rest.
 * - `nothing-examined`: complete, and there was no object or noncurrent version to examine.
 */
export type VerdictKind =
  | "sealed"
  | "unencrypted-remain"
  | "differs"
  | "no-default"
  | "not-seen"
  | "unproven"
  | "incomplete"
  | "nothing-examined";

export const VERDICT_WORDS: Readonly<Record<VerdictKind, string>> = {
  sealed: "Sealed",
  "unencrypted-remain": "Not sealed",
  differs: "Not sealed",
  "no-default": "Not sealed",
  "not-seen": "Not proven",
  unproven: "Not proven",
  incomplete: "Inconclusive",
  "nothing-examined": "Nothing examined",
};

/** A sentence on whether the sum adds up. */
export function closingWords(total: Totals): string {
  if (total.closes) {
    return "The totals add up, and every listing was complete.";
  }
  if (total.notSeen !== undefined && total.listed === outcomeCount(total)) {
    const are = total.notSeen === 1 ? "location that was not seen is" : "locations that were not seen are";
    return `The totals add up for what was seen; ${formatCount(total.notSeen)} ${are} not included.`;
  }
  const difference = total.listed - outcomeCount(total);
  if (difference === 0) {
    return "The totals do not add up: the parts agree, but a listing was interrupted or one scope is off.";
  }
  return difference > 0
    ? `The totals do not add up: ${countOf(difference, "object")} listed without an outcome.`
    : `The totals do not add up: ${formatCount(-difference)} more outcomes than objects listed.`;
}
