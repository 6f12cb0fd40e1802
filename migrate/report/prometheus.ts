import type { RunRecord } from "../journal/run-record.js";
import { isEncrypting } from "../model/encryption.js";
import { defaultNow, remains, uploadsBefore } from "./remains.js";
import { runState, timeOf } from "./run-state.js";
import type { ScopeTotals, Summary } from "./summary.js";
import type { ReportSource } from "./survey.js";
import type { Tally } from "./tally.js";
import { verdict } from "./verdict.js";

/** The metrics of the buckets. */
function bucketMetrics({ buckets }: RunRecord): Metric[] {
  return [
    gauge(
      "bucket_default_encryption",
      "1 if the bucket was seen to encrypt by default when last read.",
      buckets.map((found) => ({
        labels: { bucket: found.bucket, default: defaultNow(found) },
        value: Number(isEncrypting(defaultNow(found))),
      })),
    ),
    gauge(
      "bucket_earlier_uploads_open",
      "Multipart uploads still open that may land under the earlier default; absent if they could not be listed.",
      buckets.flatMap((found) => {
        const count = uploadsBefore(found);
        return count === null ? [] : [{ labels: { bucket: found.bucket }, value: count }];
      }),
    ),
  ];
}

/** The totals of a run for the textfile collector of node_exporter: few series, and none per key. */
export function metrics(summary: Summary, run: RunRecord): readonly Metric[] {
  const { scopes } = summary;
  return [...runMetrics(summary, run), ...scopeMetrics(scopes), ...olderMetrics(scopes), ...bucketMetrics(run)];
}

/** report.prom: the totals, for the textfile collector of node_exporter. */
export function renderPrometheus({ run, survey }: Omit<ReportSource, "readJournal">): string[] {
  return metrics(survey.summary, run).map(metricText);
}

/** The end of the run, its time and the remaining work. */
function runMetrics(summary: Summary, run: RunRecord): Metric[] {
  const { command, dryRun, provider, region, endpoint, tool, sessions } = run;
  const info = { command, dry_run: String(dryRun), provider, region, endpoint, version: tool.version };
  const { kind } = verdict(summary, run);
  return [
    gauge("run_info", "The command and the store of the run.", [{ labels: info, value: 1 }]),
    gauge("run_start_timestamp_seconds", "When the run began.", instantSamples(sessions[0]?.startedAt ?? null)),
    gauge(
      "run_end_timestamp_seconds",
      "When its last session ended.",
      instantSamples(sessions.at(-1)?.endedAt ?? null),
    ),
    gauge("run_complete", "1 if the run came to its end.", flag(runState(run) === "complete")),
    gauge("totals_close", "1 if every object listed has an outcome.", flag(summary.total.closes)),
    gauge("verdict", "The verdict of the run: one verdict, with the value 1.", [
      { labels: { verdict: kind }, value: 1 },
    ]),
    gauge(
      "remaining",
      "What is not encrypted yet, or may not be, by kind: objects, versions, uploads or buckets.",
      // Uploads may occur there for several reasons.
      summed(remains(summary, run).map(({ kind: what, count }) => ({ labels: { kind: what }, value: count }))),
    ),
  ];
}

function flag(value: boolean): Sample[] {
  return [{ labels: {}, value: Number(value) }];
}

/** Empty if it is not a date. */
function instantSamples(text: string | null): Sample[] {
  const timeMs = timeOf(text);
  return timeMs === null ? [] : [{ labels: {}, value: timeMs / 1000 }];
}

/** One sample per set of labels. */
function summed(samples: readonly Sample[]): Sample[] {
  const sums = new Map<string, Sample>();
  for (const { labels, value } of samples) {
    const id = JSON.stringify(labels);
    sums.set(id, { labels, value: value + (sums.get(id)?.value ?? 0) });
  }
  return [...sums.values()];
}

/** The current objects of each scope. */
function scopeMetrics(scopes: readonly ScopeTotals[]): Metric[] {
  const outcomes = tallies(scopes, ({ outcomes: table }) => table, "outcome");
  const before = tallies(scopes, ({ statesBefore }) => statesBefore, "state", { when: "before" });
  const now = tallies(scopes, ({ statesNow }) => statesNow, "state", { when: "now" });
  const reasons = tallies(scopes, (scope) => scope.reasons, "reason");
  return [
    gauge(
      "objects_listed",
      "Current objects that the listing showed.",
      scopes.map((scope) => scopeSample(scope, scope.listed)),
    ),
    gauge(
      "objects_left_out",
      "Current objects that the filters excluded.",
      scopes.map((scope) => scopeSample(scope, scope.filteredOut)),
    ),
    gauge(
      "scope_seen",
      "1 if the location was seen completely, 0 if not.",
      scopes.map((scope) => scopeSample(scope, scope.unseen === undefined ? 1 : 0)),
    ),
    ...arrivalMetrics(scopes),
    gauge("objects_outcome", "Current objects by outcome.", outcomes.objects),
    gauge("objects_outcome_bytes", "Their size.", outcomes.bytes),
    gauge("objects_state", "Current objects by their encryption, before the run and now.", [
      ...before.objects,
      ...now.objects,
    ]),
    gauge("objects_state_bytes", "Their size.", [...before.bytes, ...now.bytes]),
    gauge("objects_reason", "Current objects by the reason of their outcome.", reasons.objects),
  ];
}

/** For buckets without default encryption. */
function arrivalMetrics(scopes: readonly ScopeTotals[]): Metric[] {
  const looked = scopes.flatMap((scope) => (scope.arrivals === undefined ? [] : [{ scope, arrivals: scope.arrivals }]));
  const of = (name: "younger" | "sampled" | "plaintext") =>
    looked.map(({ scope, arrivals }) => scopeSample(scope, arrivals[name]));
  return [
    gauge("objects_younger", "Objects at the end of the run that are newer than its look at them.", of("younger")),
    gauge("objects_younger_sampled", "Of these, the ones that were sampled.", of("sampled")),
    gauge("objects_younger_sampled_unencrypted", "Of the sampled ones, those not encrypted.", of("plaintext")),
  ];
}

/** The noncurrent versions, if they were examined. */
function olderMetrics(scopes: readonly ScopeTotals[]): Metric[] {
  const looked = scopes.filter(({ noncurrent }) => noncurrent !== undefined);
  const outcomes = tallies(looked, ({ noncurrent }) => noncurrent?.outcomes ?? {}, "outcome");
  const ends = looked.flatMap((scope) =>
    instantSamples(scope.noncurrent?.locks?.lastEnds ?? null).map(({ value }) => scopeSample(scope, value)),
  );
  return [
    gauge("older_versions_outcome", "Noncurrent versions by outcome.", outcomes.objects),
    gauge("older_versions_outcome_bytes", "Their size.", outcomes.bytes),
    gauge(
      "older_versions_last_lock_ends_timestamp_seconds",
      "When the last lock ends that keeps one in plaintext.",
      ends,
    ),
  ];
}

function scopeSample({ bucket, prefix }: ScopeTotals, value: number, more: Sample["labels"] = {}): Sample {
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
        scopeSample(scope, tally?.[count] ?? 0, { [label]: name, ...more }),
      ),
    );
  return { objects: of("objects"), bytes: of("bytes") };
}

/** One value and its labels. */
interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

interface Metric {
  readonly name: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

/**
 * A metric in the Prometheus text format. All are gauges, because only the last run counts. Empty if there
 * are no samples.
 */
function metricText({ name, help, samples }: Metric): string {
  if (samples.length === 0) return "";
  const lines = samples.map(({ labels, value }) => `${name}${labelText(labels)} ${value}`);
  return [`# HELP ${name} ${escapeHelp(help)}`, `# TYPE ${name} gauge`, ...lines, ""].join("\n");
}

function labelText(labels: Sample["labels"]): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escapeHelp(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

/** The format escapes only backslash, quote and line feed. */
function escapeLabel(value: string): string {
  return escapeHelp(Buffer.from(value).toString()).replaceAll('"', '\\"');
}

/** `name` is without the common prefix. */
function gauge(name: string, help: string, samples: readonly Sample[]): Metric {
  return { name: `bucketseal_${name}`, help, samples };
}
