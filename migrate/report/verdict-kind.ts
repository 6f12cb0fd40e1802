import { countOf, formatCount } from "../model/text.js";
import { outcomeCount } from "./not-seen.js";
import type { Totals } from "./summary.js";

/**
 * - `sealed`: the run is complete, its totals close, and every object was seen to be encrypted.
 * - `unencrypted-remain`: complete, and some objects were last seen unencrypted.
 * - `differs`: complete, none was seen unencrypted, but some copies are not what was copied.
 * - `no-default`: complete, every object was seen to be encrypted, but a bucket has no default encryption: plaintext keeps arriving.
 * - `not-seen`: complete, nothing was seen unencrypted, but of some locations nothing is known.
 * - `unproven`: complete, none was seen unencrypted, but some could not be seen or found, or rest on a statement alone.
 * - `incomplete`: the run did not end, or its totals do not close; nothing is said about the rest.
 * - `nothing-examined`: complete, and no object or older version was there to be looked at.
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
