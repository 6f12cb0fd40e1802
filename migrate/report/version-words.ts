import type { VersionOutcome, VersionOutcomeKind, VersionRecord } from "../journal/observation.js";
import { REASON_WORDS, VERSION_LEFT_WORDS } from "../model/reason.js";

export const VERSION_OUTCOME_WORDS: Readonly<Record<VersionOutcomeKind, string>> = {
  encrypted: "encrypted",
  plaintext: "not encrypted",
  removed: "removed",
  unproven: "could not be proven encrypted",
  failed: "failed",
  vanished: "vanished",
};

/** In the order of the closing sum. */
export const VERSION_OUTCOME_KINDS = Object.keys(VERSION_OUTCOME_WORDS) as readonly VersionOutcomeKind[];

/** Why the outcome of a noncurrent version is what it is. */
export function versionReasonWords(outcome: VersionOutcome): string {
  switch (outcome.kind) {
    case "plaintext":
      return VERSION_LEFT_WORDS[outcome.reason];
    case "removed":
      return "not encrypted: removed by this run";
    case "vanished":
      return REASON_WORDS.vanished;
    case "encrypted":
    case "unproven":
    case "failed":
      return REASON_WORDS[outcome.reason];
  }
}

/** What an auditor should look at one by one. */
export function isVersionException({ outcome }: VersionRecord): boolean {
  return outcome.kind !== "encrypted" && outcome.kind !== "removed";
}
