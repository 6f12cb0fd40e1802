import type { Unseen } from "../journal/bucket-record.js";
import type { RunRecord } from "../journal/run-record.js";
import type { Scope } from "../model/scope.js";
import { countOf, formatCount, visibleText } from "../model/text.js";
import type { ScopeTotals, Summary, Totals } from "./summary.js";
import { sumOf } from "./tally.js";

/** Number of objects with an outcome. */
export function outcomeCount({ outcomes }: Pick<Totals, "outcomes">): number {
  return sumOf(Object.values(outcomes)).objects;
}

/** Number of objects that existed when they were last examined. */
export function presentCount({ statesNow }: Pick<Totals, "statesNow">): number {
  return sumOf(Object.values(statesNow)).objects;
}

/** Objects whose copy lost or changed something other than the encryption. */
export function differingCount({ reasons }: Pick<Totals, "reasons">): number {
  return reasons["differs-after-copy"]?.objects ?? 0;
}

/** Number of objects and noncurrent versions to examine. */
export function examinedCount({ statesNow, noncurrent }: Pick<Totals, "statesNow" | "noncurrent">): number {
  const older = noncurrent === undefined ? 0 : noncurrent.listed - noncurrent.outcomes.vanished.objects;
  return presentCount({ statesNow }) + older;
}

/** Objects whose encryption was not read from the store's own answer about them. */
export function unprovenCount({ statesNow, evidenceNow }: Pick<Totals, "statesNow" | "evidenceNow">): number {
  const unseen = Math.max(statesNow.unknown.objects, evidenceNow.none?.objects ?? 0);
  return unseen + sumOf([evidenceNow["bucket-default"], evidenceNow["provider-statement"]]).objects;
}

/** Objects in a manifest that were not found. */
export function notFoundCount({ outcomes }: Pick<Totals, "outcomes">): number {
  return outcomes["not-found"].objects;
}

export function olderPlaintextCount({ noncurrent }: Pick<Totals, "noncurrent">): number {
  return noncurrent?.outcomes.plaintext.objects ?? 0;
}

export function olderUnseenCount({ noncurrent }: Pick<Totals, "noncurrent">): number {
  return (noncurrent?.outcomes.unproven.objects ?? 0) + (noncurrent?.outcomes.failed.objects ?? 0);
}

export const UNSEEN_WORDS: Readonly<Record<Unseen["because"], string>> = {
  denied: "access denied",
  absent: "not there",
  "other-region": "in another region",
  "no-copies": "nothing in it can be copied",
  "all-failed": "its first objects all failed",
  other: "could not be read",
};

/** Whether the totals of the seen locations add up: each location either does, or was not seen. */
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

/** The locations that were not seen, and the reasons, in sentences that are safe to print. */
export function notSeenDetail({ scopes }: Summary): string[] {
  const unseen = scopes.filter((scope) => scope.unseen !== undefined);
  const more = unseen.length - MAX_SCOPES;
  return [
    ...unseen.slice(0, MAX_SCOPES).map(unseenSentence),
    ...(more > 0 ? [`${countOf(more, "more location")} ${more === 1 ? "was" : "were"} not seen.`] : []),
    ...(unseen.length > 0
      ? ["The report says nothing about what is in there: fix the cause, and --resume tries again."]
      : []),
  ];
}

/** "s3://b/ was not seen (access denied): ...". */
export function unseenSentence(scope: ScopeTotals): string {
  const { because, detail } = scope.unseen ?? { because: "other", detail: "" };
  const done = outcomeCount(scope);
  const seen = done === 0 ? "was not seen" : `was not seen completely, only ${countOf(done, "object")}`;
  return `${placeOf(scope)} ${seen} (${UNSEEN_WORDS[because]}): ${visibleText(detail).replace(/\.$/, "")}.`;
}

/**
 * The name of a location may be mistyped. A bucket that was listed, or declared and not yet filled, may well
 * be empty.
 */
function isNamed({ bucket, prefix }: Scope, { options: { locations } }: RunRecord): boolean {
  const names = Array.isArray(locations) ? locations : [];
  return names.includes(`s3://${bucket}/${prefix}`) || (prefix === "" && names.includes(`s3://${bucket}`));
}

/** The named locations in which nothing was examined, or all locations if nothing was examined at all. */
export function emptyScopes({ total, scopes }: Summary, run: RunRecord): readonly ScopeTotals[] {
  const isAllEmpty = examinedCount(total) === 0;
  return scopes.filter((scope) => scope.closes && examinedCount(scope) === 0 && (isAllEmpty || isNamed(scope, run)));
}

/** Why nothing was examined in them, in sentences that are safe to print. */
export function emptyScopeWords(summary: Summary, run: RunRecord): string[] {
  const empty = emptyScopes(summary, run);
  const more = empty.length - MAX_SCOPES;
  return [
    ...empty.slice(0, MAX_SCOPES).map(words),
    ...(more > 0 ? [`Nothing was examined in ${countOf(more, "more location")}.`] : []),
    ...hints(empty),
  ];
}

function words({ listed, filteredOut, ...scope }: ScopeTotals): string {
  const place = placeOf(scope);
  if (listed > 0) return `Nothing was examined in ${place}: none of ${formatCount(listed)} objects was found.`;
  const left = `the filters excluded ${filteredOut === 1 ? "its only object" : `all of its ${countOf(filteredOut, "object")}`}`;
  return `Nothing was examined in ${place}: ${filteredOut > 0 ? left : "the listing shows no object there"}.`;
}

/** A prefix is literal, so a glob in it matches nothing. */
function hints(empty: readonly ScopeTotals[]): string[] {
  const found = empty.find(({ prefix, listed, filteredOut }) => listed + filteredOut === 0 && /[*?]/.test(prefix));
  if (found === undefined) return [];
  const glob = visibleText(found.prefix);
  return [
    `In a location * and ? are literal: for a pattern give s3://${visibleText(found.bucket)} with --include '${glob}'.`,
  ];
}

/** The location as named, safe to print. */
export function placeOf({ bucket, prefix }: Scope): string {
  return visibleText(`s3://${bucket}/${prefix}`);
}
