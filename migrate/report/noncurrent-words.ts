import { countOf, formatBytes, formatCount } from "../model/text.js";
import type { NoncurrentTotals } from "./noncurrent.js";
import { sumOf } from "./tally.js";

const VERSIONS = "older version";

/** What a reader should know of the noncurrent versions, in sentences. */
export function noncurrentDetail(noncurrent: NoncurrentTotals | undefined): string[] {
  if (noncurrent === undefined) return [];
  const { outcomes, replayed, plaintextBecause } = noncurrent;
  const { plaintext, removed, unproven, failed } = outcomes;
  const locked = plaintextBecause.locked?.objects ?? 0;
  const unseen = unproven.objects + failed.objects;
  return [
    ...said(
      plaintext.objects,
      `${countOf(plaintext.objects, VERSIONS)} (${formatBytes(plaintext.bytes)}) in plaintext ${plaintext.objects === 1 ? "is" : "are"} still there${locked > 0 ? `, of which ${formatCount(locked)} locked: they cannot comply before the dates in the list` : ""}.`,
    ),
    ...said(
      replayed.objects,
      `${countOf(replayed.objects, VERSIONS)} re-created encrypted (${formatBytes(replayed.bytes)}).`,
    ),
    ...said(
      removed.objects,
      `${countOf(removed.objects, `${VERSIONS} in plaintext`, `${VERSIONS}s in plaintext`)} removed (${formatBytes(removed.bytes)}).`,
    ),
    ...said(unseen, `The encryption of ${countOf(unseen, VERSIONS)} could not be seen.`),
  ];
}

/** Whether the sum of the noncurrent versions closes, in words. */
export function noncurrentClosingWords({ closes, listed, outcomes, refused }: NoncurrentTotals): string {
  if (closes) return "The sum of the older versions closes, and every listing of them came to its end.";
  const recorded = sumOf(Object.values(outcomes)).objects;
  const why =
    refused === null ? "a listing of them did not come to its end" : `they could not all be looked at: ${refused}`;
  return `The sum of the older versions does not close (${formatCount(listed)} listed, ${formatCount(recorded)} with an outcome): ${why}.`;
}

function said(count: number, sentence: string): string[] {
  return count > 0 ? [sentence] : [];
}
