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
