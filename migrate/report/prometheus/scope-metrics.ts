import type { ScopeTotals } from "../summary.js";
import type { Tally } from "../tally.js";
import { gauge, type Metric, type Sample } from "./metric.js";
import { instantSamples } from "./run-metrics.js";

/** The current objects of each scope. */
export function scopeMetrics(scopes: readonly ScopeTotals[]): Metric[] {
  const outcomes = tallies(scopes, ({ outcomes: table }) => table, "outcome");
  const before = tallies(scopes, ({ statesBefore }) => statesBefore, "state", { when: "before" });
  const now = tallies(scopes, ({ statesNow }) => statesNow, "state", { when: "now" });
  const reasons = tallies(scopes, (scope) => scope.reasons, "reason");
  return [
    gauge(
      "objects_listed",
      "Current objects that the listing showed.",
      scopes.map((scope) => ofScope(scope, scope.listed)),
    ),
    gauge(
      "objects_left_out",
      "Current objects that the filters left out.",
      scopes.map((scope) => ofScope(scope, scope.filteredOut)),
    ),
    gauge(
      "scope_seen",
      "1 where the location could be seen to its end, 0 where not.",
      scopes.map((scope) => ofScope(scope, scope.unseen === undefined ? 1 : 0)),
    ),
    ...arrivalMetrics(scopes),
    gauge("objects_outcome", "Current objects by what became of them.", outcomes.objects),
    gauge("objects_outcome_bytes", "Their size.", outcomes.bytes),
    gauge("objects_state", "Current objects by their encryption, before the run and now.", [
      ...before.objects,
      ...now.objects,
    ]),
    gauge("objects_state_bytes", "Their size.", [...before.bytes, ...now.bytes]),
    gauge("objects_reason", "Current objects by why their outcome is what it is.", reasons.objects),
  ];
}

/** Of buckets without default encryption. */
function arrivalMetrics(scopes: readonly ScopeTotals[]): Metric[] {
  const looked = scopes.flatMap((scope) => (scope.arrivals === undefined ? [] : [{ scope, arrivals: scope.arrivals }]));
  const of = (name: "younger" | "sampled" | "plaintext") =>
    looked.map(({ scope, arrivals }) => ofScope(scope, arrivals[name]));
  return [
    gauge("objects_younger", "Objects at the end of the run that are younger than its look at them.", of("younger")),
    gauge("objects_younger_sampled", "Of these, the ones that were sampled.", of("sampled")),
    gauge("objects_younger_sampled_unencrypted", "Of the sampled ones, those not encrypted.", of("plaintext")),
  ];
}

/** The noncurrent versions, where they were looked at. */
export function olderMetrics(scopes: readonly ScopeTotals[]): Metric[] {
  const looked = scopes.filter(({ noncurrent }) => noncurrent !== undefined);
  const outcomes = tallies(looked, ({ noncurrent }) => noncurrent?.outcomes ?? {}, "outcome");
  const ends = looked.flatMap((scope) =>
    instantSamples(scope.noncurrent?.locks?.lastEnds ?? null).map(({ value }) => ofScope(scope, value)),
  );
  return [
    gauge("older_versions_outcome", "Noncurrent versions by what became of them.", outcomes.objects),
    gauge("older_versions_outcome_bytes", "Their size.", outcomes.bytes),
    gauge(
      "older_versions_last_lock_ends_timestamp_seconds",
      "When the last lock ends that keeps one in plaintext.",
      ends,
    ),
  ];
}

function ofScope({ bucket, prefix }: ScopeTotals, value: number, more: Sample["labels"] = {}): Sample {
  return { labels: { bucket, prefix, ...more }, value };
}

function tallies(
  scopes: readonly ScopeTotals[],
  tableOf: (scope: ScopeTotals) => Readonly<Partial<Record<string, Tally>>>,
  label: string,
  more: Sample["labels"] = {},
): { readonly objects: readonly Sample[]; readonly bytes: readonly Sample[] } {
  const of = (count: keyof Tally) =>
    scopes.flatMap((scope) =>
      Object.entries(tableOf(scope)).map(([name, tally]) =>
        ofScope(scope, tally?.[count] ?? 0, { [label]: name, ...more }),
      ),
    );
  return { objects: of("objects"), bytes: of("bytes") };
}
