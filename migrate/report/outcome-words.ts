import type { OutcomeKind } from "../journal/record.js";

export const OUTCOME_WORDS: Readonly<Record<OutcomeKind, string>> = {
  "already-encrypted": "already encrypted",
  migrated: "encrypted by this run",
  skipped: "skipped",
  refused: "refused",
  failed: "failed",
  vanished: "vanished",
  "not-found": "not found",
};

/** The state of an object that has none any more, or never had. */
export const ABSENT_WORDS: Readonly<Partial<Record<OutcomeKind, string>>> = {
  vanished: "gone",
  "not-found": "not there",
};

/** In the order of the closing sum. */
export const OUTCOME_KINDS = Object.keys(OUTCOME_WORDS) as readonly OutcomeKind[];
