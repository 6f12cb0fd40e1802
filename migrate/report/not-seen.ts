import type { Unseen } from "../journal/bucket-record.js";
import type { RunRecord } from "../journal/run-record.js";
import type { Scope } from "../model/scope.js";
import { visibleText } from "../model/text.js";
import { ENGLISH, type Language } from "./language.js";
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

export const UNSEEN_WORDS = {
  denied: "access denied",
  absent: "not there",
  "other-region": "in another region",
  "no-copies": "nothing in it can be copied",
  "all-failed": "its first objects all failed",
  other: "could not be read",
} as const satisfies Readonly<Record<Unseen["because"], string>>;

/** Whether the totals of the seen locations add up: each location either does, or was not seen. */
export function closesAsSeen({ total, scopes }: Summary): boolean {
  if (total.closes) return true;
  const isEach = scopes.every(({ closes, unseen }) => closes || unseen !== undefined);
  return scopes.length > 0 && isEach && total.listed === outcomeCount(total);
}

/** "2 of 5 locations were not seen". */
export function notSeenWords({ total: { notSeen: n = 0 }, scopes }: Summary, { say }: Language): string {
  return say("{n} of {all} {all|location|locations} {n|was|were} not seen", { n, all: scopes.length });
}

const MAX_SCOPES = 3;

/** The locations that were not seen, and the reasons, in sentences that are safe to print. */
export function notSeenDetail({ scopes }: Summary, lang = ENGLISH): string[] {
  const { say } = lang;
  const unseen = scopes.filter((scope) => scope.unseen !== undefined);
  const more = unseen.length - MAX_SCOPES;
  return [
    ...unseen.slice(0, MAX_SCOPES).map((scope) => unseenSentence(scope, lang)),
    ...(more > 0 ? [say("{n} more {n|location was|locations were} not seen.", { n: more })] : []),
    ...(unseen.length > 0
      ? [say("The report says nothing about what is in there: fix the cause, and --resume tries again.")]
      : []),
  ];
}

/** "s3://b/ was not seen (access denied): ...". */
export function unseenSentence(scope: ScopeTotals, { say } = ENGLISH): string {
  const { because, detail: told } = scope.unseen ?? { because: "other", detail: "" };
  const n = outcomeCount(scope);
  const detail = visibleText(told).replace(/\.$/, "");
  const known = { place: placeOf(scope), why: say(UNSEEN_WORDS[because]), detail };
  if (n === 0) return say("{place} was not seen ({why}): {detail}.", known);
  return say("{place} was not seen completely, only {n} {n|object|objects} ({why}): {detail}.", { ...known, n });
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
export function emptyScopeWords(summary: Summary, run: RunRecord, lang = ENGLISH): string[] {
  const empty = emptyScopes(summary, run);
  const more = empty.length - MAX_SCOPES;
  return [
    ...empty.slice(0, MAX_SCOPES).map((scope) => words(scope, lang)),
    ...(more > 0 ? [lang.say("Nothing was examined in {n} more {n|location|locations}.", { n: more })] : []),
    ...hints(empty, lang),
  ];
}

function words({ listed, filteredOut: n, ...scope }: ScopeTotals, { say }: Language): string {
  const place = placeOf(scope);
  if (listed > 0) {
    return say("Nothing was examined in {place}: none of {n} {n|object|objects} was found.", { place, n: listed });
  }
  if (n === 0) return say("Nothing was examined in {place}: the listing shows no object there.", { place });
  if (n === 1) return say("Nothing was examined in {place}: the filters excluded its only object.", { place });
  return say("Nothing was examined in {place}: the filters excluded all of its {n} objects.", { place, n });
}

/** A prefix is literal, so a glob in it matches nothing. */
function hints(empty: readonly ScopeTotals[], { say }: Language): string[] {
  const found = empty.find(({ prefix, listed, filteredOut }) => listed + filteredOut === 0 && /[*?]/.test(prefix));
  if (found === undefined) return [];
  const glob = visibleText(found.prefix);
  return [
    say("In a location * and ? are literal: for a pattern give {bucket} with --include '{glob}'.", {
      bucket: `s3://${visibleText(found.bucket)}`,
      glob,
    }),
  ];
}

/** The location as named, safe to print. */
export function placeOf({ bucket, prefix }: Scope): string {
  return visibleText(`s3://${bucket}/${prefix}`);
}

/** A sentence on whether the sum adds up. */
export function closingWords(total: Totals, { say } = ENGLISH): string {
  if (total.closes) {
    return say("The totals add up, and every listing was complete.");
  }
  const { notSeen: unseen } = total;
  if (unseen !== undefined && total.listed === outcomeCount(total)) {
    return say(
      "The totals add up for what was seen; {n} {n|location that was not seen is|locations that were not seen are} not included.",
      { n: unseen },
    );
  }
  const n = total.listed - outcomeCount(total);
  if (n === 0) {
    return say("The totals do not add up: the parts agree, but a listing was interrupted or one scope is off.");
  }
  return n > 0
    ? say("The totals do not add up: {n} {n|object|objects} listed without an outcome.", { n })
    : say("The totals do not add up: {n} more {n|outcome|outcomes} than objects listed.", { n: -n });
}
