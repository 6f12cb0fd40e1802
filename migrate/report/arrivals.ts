import type { ArrivalsRecord } from "../journal/bucket-record.js";
import { countOf, formatCount, visibleText } from "../model/text.js";

/** What was written while the run read: of scopes whose bucket has no default encryption. */
export interface ArrivalTotals {
  /** In scope when listed once more at the end. */
  readonly listed: number;
  /** Younger than the run's own look at them, or never seen by it. */
  readonly younger: number;
  /** Of a sample of the younger ones: read, not encrypted, and not to be seen. */
  readonly sampled: number;
  readonly plaintext: number;
  readonly unseen: number;
  /** Why they could not all be listed, in the store's own words. */
  readonly refused: string | null;
}

/** `undefined` if no scope was listed once more. */
export function arrivalTotals(records: readonly (ArrivalsRecord | undefined)[]): ArrivalTotals | undefined {
  const looked = records.filter((record) => record !== undefined);
  if (looked.length === 0) return undefined;
  const sum = (name: "listed" | "younger" | "sampled" | "plaintext" | "unseen") =>
    looked.reduce((total, record) => total + record[name], 0);
  return {
    listed: sum("listed"),
    younger: sum("younger"),
    sampled: sum("sampled"),
    plaintext: sum("plaintext"),
    unseen: sum("unseen"),
    refused: looked.find(({ refused }) => refused !== null)?.refused ?? null,
  };
}

/** In a sentence, safe to print; none if nothing was listed once more. */
export function arrivalWords(arrivals: ArrivalTotals | undefined): string[] {
  if (arrivals === undefined) return [];
  const { younger, sampled, plaintext, unseen, refused } = arrivals;
  if (refused !== null)
    return [`At the end of the run its objects could not be listed once more: ${visibleText(refused)}.`];
  if (younger === 0) return ["At the end of the run no object was younger than its own look."];
  const were = younger === 1 ? "was" : "were";
  const not = unseen === 0 ? "" : `, and ${formatCount(unseen)} could not be seen`;
  const seen = `${formatCount(plaintext)} of ${formatCount(sampled)} sampled ${plaintext === 1 ? "is" : "are"} not encrypted`;
  return [`At the end of the run ${countOf(younger, "object")} ${were} younger than its own look; ${seen}${not}.`];
}
