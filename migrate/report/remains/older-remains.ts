import { formatBytes, formatCount, formatInstant } from "../../model/text.js";
import type { NoncurrentTotals } from "../noncurrent.js";
import { type Remaining, remainingOf } from "./remaining.js";

const NOUN = "older version";

/** Of the noncurrent versions that were looked at. */
export function olderRemains(noncurrent: NoncurrentTotals | undefined): readonly Remaining[] {
  if (noncurrent === undefined) return [];
  const { plaintext, unproven, failed } = noncurrent.outcomes;
  return [
    remainingOf("older-unencrypted", NOUN, plaintext, "not encrypted"),
    ...locked(noncurrent),
    remainingOf(
      "older-unproven",
      NOUN,
      unproven,
      "under a customer key that was not given, or encrypted in an unknown way",
    ),
    remainingOf("older-failed", NOUN, failed, "not known: looking at each failed"),
  ];
}

function locked({ plaintextBecause, locks }: NoncurrentTotals): readonly Remaining[] {
  const tally = plaintextBecause.locked;
  if (tally === undefined || locks === null) return [];
  const { objects, bytes } = tally;
  const words = `Of these, ${formatCount(objects)} (${formatBytes(bytes)}) ${objects === 1 ? "is" : "are"} ${lockWords(locks)}.`;
  return [{ kind: "older-locked", count: objects, bytes, words }];
}

function lockWords({ lastEnds, withoutEnd }: NonNullable<NoncurrentTotals["locks"]>): string {
  if (lastEnds === null) return "under a legal hold: no date is known before which it cannot comply";
  const held = withoutEnd === 0 ? "" : `, ${formatCount(withoutEnd)} of them under a legal hold, which has no date`;
  return `locked, and cannot comply before ${formatInstant(lastEnds)}${held}`;
}
