import type { EncryptionState } from "../model/encryption.js";

/**
 * What became of an object version between two runs.
 * `encrypted`: it was in plaintext, and is not. `regressed`: it was encrypted, and is in plaintext.
 * `changed`: its state is another one otherwise. `not-compared`: one of the runs could not have come to it.
 */
export const CHANGES = ["encrypted", "regressed", "changed", "new", "gone", "not-compared", "same"] as const;
export type Change = (typeof CHANGES)[number];

export const CHANGE_WORDS: Readonly<Record<Change, string>> = {
  encrypted: "became encrypted",
  regressed: "regressed: were encrypted, and are not",
  changed: "otherwise in another state",
  new: "new",
  gone: "gone",
  "not-compared": "not compared: outside of one of the runs",
  same: "in the same state",
};

/** What became of the state of something that both runs saw. Pure. */
export function changeOf(earlier: EncryptionState, later: EncryptionState): Change {
  if (earlier === later) return "same";
  if (earlier === "none" && isEncrypted(later)) return "encrypted";
  return isEncrypted(earlier) && later === "none" ? "regressed" : "changed";
}

function isEncrypted(state: EncryptionState): boolean {
  return state !== "none" && state !== "unknown";
}
