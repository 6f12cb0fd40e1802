import type { VersionRecord } from "../../journal/observation.js";
import type { JournalRecord, OutcomeRecord } from "../../journal/record.js";
import type { RunRecord } from "../../journal/run-record.js";
import { countOf, formatCount } from "../../model/text.js";
import { type Group, prefixNaming } from "../groups.js";
import { timeOf, timeOfRun } from "../run-state.js";
import type { ScopeTotals, Summary } from "../summary.js";
import type { ReportSource } from "../survey.js";
import { sumOf } from "../tally.js";
import { type Checked, type CheckStatus, type Resource, SEVERITY } from "./check-kinds.js";
import { checkBuckets } from "./checks.js";

const WORST_FIRST: readonly CheckStatus[] = ["fail", "warning", "pass"];

interface WholeBucket {
  readonly checked: Checked;
  /** The checks that it sums up. */
  readonly parts: readonly Checked[];
}

/** One check for each bucket. */
export function* checkWholeBuckets(summary: Summary, run: RunRecord): Generator<WholeBucket> {
  const byBucket = new Map<string | null, Checked[]>();
  for (const checked of checkBuckets(summary, run)) {
    const { bucket } = checked.resource;
    byBucket.set(bucket, [...(byBucket.get(bucket) ?? []), checked]);
  }
  for (const [bucket, parts] of byBucket) {
    const scopes = summary.scopes.filter((scope) => scope.bucket === bucket);
    const checked = checkOfBucket(parts, scopes, run);
    if (checked !== null) yield { checked, parts };
  }
}

/** One check of the bucket that is as bad as the worst of `checks`, which are about its parts. */
function checkOfBucket(checks: readonly Checked[], scopes: readonly ScopeTotals[], run: RunRecord): Checked | null {
  const [worst] = checks.toSorted((a, b) => WORST_FIRST.indexOf(a.status) - WORST_FIRST.indexOf(b.status));
  const resource = checks.findLast(({ resource: { data } }) => data !== undefined)?.resource ?? worst?.resource;
  if (worst === undefined || resource === undefined) return null;
  const alike = checks.filter(({ status }) => status === worst.status);
  const severity = alike.map((check) => check.severity).toSorted((a, b) => SEVERITY[b] - SEVERITY[a])[0];
  return {
    check: "bucket-encrypted",
    status: worst.status,
    severity: severity ?? worst.severity,
    detail: alike.map(({ detail }) => detail).join(" "),
    remedy: [...new Set(alike.map(({ remedy }) => remedy))].join(" "),
    resource,
    timeMs: timeOfRun(run),
    unmapped: {
      scopes: scopes.map(({ prefix, listed, filteredOut, outcomes, statesBefore, statesNow, noncurrent, closes }) => ({
        ...{ prefix, listed, filtered_out: filteredOut, outcomes, states_before: statesBefore, states_now: statesNow },
        ...(noncurrent === undefined ? {} : { noncurrent: noncurrent.outcomes }),
        closes,
      })),
    },
  };
}

/** The check of the current objects under each prefix of the summary, with their counts. */
export function* checkPrefixes({ prefixes }: Summary, run: RunRecord): Generator<Checked> {
  for (const { bucket, prefix, ...group } of prefixes.groups) yield prefixCheck(bucket, prefix, group, run);
  if (prefixes.others !== null) yield prefixCheck(null, null, prefixes.others, run);
}

function prefixCheck(bucket: string | null, prefix: string | null, group: Group, run: RunRecord): Checked {
  const { none, unknown, "provider-managed": stated } = group.statesNow;
  const now = sumOf(Object.values(group.statesNow));
  const [plain, unproven] = [none?.objects ?? 0, (unknown?.objects ?? 0) + (stated?.objects ?? 0)];
  return {
    check: "prefix-objects-encrypted",
    status: plain > 0 ? "fail" : unproven > 0 ? "warning" : "pass",
    severity: "medium",
    detail: `${formatCount(plain)} of ${countOf(now.objects, "current object")} not encrypted, ${formatCount(unproven)} not proven.`,
    remedy: "Encrypt the objects in place (bucketseal migrate), and audit again.",
    resource: { type: "prefix", bucket, key: prefix, versionId: null, modifiedMs: null },
    timeMs: timeOfRun(run),
    occurrences: plain + unproven,
    unmapped: { outcomes: group.outcomes, states_before: group.statesBefore, states_now: group.statesNow },
  };
}

/** Tells which buckets and prefixes have a finding with the same id in an earlier report. */
export interface Repeats {
  has(resource: Resource): boolean;
}

/** The end of the last session that wrote reports before this one, in milliseconds since 1970; `null` if none did. */
export function reportedUntil({ sessions }: RunRecord): number | null {
  return timeOf(sessions.slice(0, -1).findLast(({ endedAt }) => endedAt !== null)?.endedAt ?? null);
}

/** Whether an earlier session of the run reported it, or the run that is its baseline. */
export function isRepeated(record: JournalRecord, since: number | null): record is OutcomeRecord | VersionRecord {
  if (record.kind !== "outcome" && record.kind !== "version") return false;
  const at = timeOf(record.at);
  return record.baseline !== undefined || (since !== null && at !== null && at <= since);
}

/** Reads the journal only if an earlier report is possible. */
export async function readRepeats({ run, readJournal }: ReportSource): Promise<Repeats> {
  const known = new Set<string>();
  const idOfPlace = (bucket: string | null, prefix: string | null) => JSON.stringify([bucket, prefix]);
  const repeats = { has: ({ bucket, key }: Resource) => known.has(idOfPlace(bucket, key)) };
  const since = reportedUntil(run);
  if (since === null && run.baseline === undefined) return repeats;
  const prefixOf = prefixNaming(run.scopes);
  for await (const record of readJournal()) {
    if (!isRepeated(record, since)) continue;
    known.add(idOfPlace(record.bucket, null));
    if (record.kind === "outcome") known.add(idOfPlace(record.bucket, prefixOf(record)));
  }
  return repeats;
}
