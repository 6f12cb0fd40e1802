import type { OutcomeKind } from "../journal/record.js";

export const OUTCOME_WORDS: Readonly<Record<OutcomeKind, string>> = {
  "already-encrypted": "already encrypted",
  migrated: "encrypted by this run",
  skipped: "skipped",
  refused: "refused",
  failed: "failed",
  vanished: "vanished",
};

/** In the order of the closing sum. */
export const OUTCOME_KINDS = Object.keys(OUTCOME_WORDS) as readonly OutcomeKind[];
