import type { RunRecord } from "../journal/run-record.js";
import type { Scope } from "../model/scope.js";
import { countOf, formatCount, visibleText } from "../model/text.js";
import { examinedCount } from "./counts.js";
import type { ScopeTotals, Summary } from "./summary.js";

/** A location may be mistyped; a bucket that was listed, or declared and not filled yet, may well be empty. */
function isNamed({ bucket, prefix }: Scope, { options: { locations } }: RunRecord): boolean {
  const names = Array.isArray(locations) ? locations : [];
  return names.includes(`s3://${bucket}/${prefix}`) || (prefix === "" && names.includes(`s3://${bucket}`));
}

/** The named locations in which nothing was examined; all of the run if nothing was examined at all. */
export function emptyScopes({ total, scopes }: Summary, run: RunRecord): readonly ScopeTotals[] {
  const isAllEmpty = examinedCount(total) === 0;
  return scopes.filter((scope) => scope.closes && examinedCount(scope) === 0 && (isAllEmpty || isNamed(scope, run)));
}

const MAX_SCOPES = 3;

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
  if (listed > 0) return `Nothing was examined in ${place}: no object of ${formatCount(listed)} was there.`;
  const left = `the filters left out ${filteredOut === 1 ? "its only object" : `all of its ${countOf(filteredOut, "object")}`}`;
  return `Nothing was examined in ${place}: ${filteredOut > 0 ? left : "the listing shows no object there"}.`;
}

/** A prefix is taken as it stands, and a glob in it matches nothing. */
function hints(empty: readonly ScopeTotals[]): string[] {
  const found = empty.find(({ prefix, listed, filteredOut }) => listed + filteredOut === 0 && /[*?]/.test(prefix));
  if (found === undefined) return [];
  const glob = visibleText(found.prefix);
  return [
    `In a location * and ? stand for themselves: for a pattern give s3://${visibleText(found.bucket)} with --include '${glob}'.`,
  ];
}

/** As it was named, safe to print. */
export function placeOf({ bucket, prefix }: Scope): string {
  return visibleText(`s3://${bucket}/${prefix}`);
}
