import type { Unseen } from "../journal/bucket-record.js";
import { countOf, formatCount, visibleText } from "../model/text.js";
import { outcomeCount } from "./counts.js";
import { placeOf } from "./empty-scopes.js";
import type { ScopeTotals, Summary } from "./summary.js";

export const UNSEEN_WORDS: Readonly<Record<Unseen["because"], string>> = {
  denied: "access denied",
  absent: "not there",
  "other-region": "in another region",
  "no-copies": "nothing in it may be copied",
  "all-failed": "its first objects all failed",
  other: "could not be read",
};

/** Whether the totals close, of all that was seen: every location either does, or is one that was not seen. */
export function closesAsSeen({ total, scopes }: Summary): boolean {
  if (total.closes) return true;
  const isEach = scopes.every(({ closes, unseen }) => closes || unseen !== undefined);
  return scopes.length > 0 && isEach && total.listed === outcomeCount(total);
}

/** "2 of 5 locations were not seen". */
export function notSeenWords({ total, scopes }: Summary): string {
  const { notSeen = 0 } = total;
  return `${formatCount(notSeen)} of ${countOf(scopes.length, "location")} ${notSeen === 1 ? "was" : "were"} not seen`;
}

const MAX_SCOPES = 3;

/** Which locations were not seen and why, in sentences that are safe to print. */
export function notSeenDetail({ scopes }: Summary): string[] {
  const unseen = scopes.filter((scope) => scope.unseen !== undefined);
  const more = unseen.length - MAX_SCOPES;
  return [
    ...unseen.slice(0, MAX_SCOPES).map(unseenSentence),
    ...(more > 0 ? [`${countOf(more, "more location")} ${more === 1 ? "was" : "were"} not seen.`] : []),
    ...(unseen.length > 0 ? ["Of what is in there nothing is said: mend that, and --resume tries again."] : []),
  ];
}

/** "s3://b/ was not seen (access denied): ...". */
export function unseenSentence(scope: ScopeTotals): string {
  const { because, detail } = scope.unseen ?? { because: "other", detail: "" };
  const done = outcomeCount(scope);
  const seen = done === 0 ? "was not seen" : `was not seen to its end, after ${countOf(done, "object")}`;
  return `${placeOf(scope)} ${seen} (${UNSEEN_WORDS[because]}): ${visibleText(detail).replace(/\.$/, "")}.`;
}
