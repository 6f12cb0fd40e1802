import type { EncryptionState } from "../model/encryption.js";
import type { Totals } from "./summary.js";

/** From what matters most to a reader to what matters least. */
export const STATE_ORDER: readonly EncryptionState[] = [
  "none",
  "unknown",
  "sse-c",
  "provider-managed",
  "sse-s3",
  "sse-kms",
  "dsse-kms",
];

/** The states that were seen at all, before or now; `none` always, since its zero is the point of the report. */
export function seenStates({ statesBefore, statesNow }: Totals): readonly EncryptionState[] {
  return STATE_ORDER.filter(
    (state) => state === "none" || statesBefore[state].objects > 0 || statesNow[state].objects > 0,
  );
}
