import type { RunRecord } from "../../journal/run-record.js";
import { remains } from "../remains/remains.js";
import { runState } from "../run-state.js";
import type { Summary } from "../summary.js";
import { timeOf } from "../time-of-run.js";
import { verdict } from "../verdict.js";
import { gauge, type Metric, type Sample } from "./metric.js";

/** How the run ended, when, and what remains. */
export function runMetrics(summary: Summary, run: RunRecord): Metric[] {
  const { command, dryRun, provider, region, endpoint, tool, sessions } = run;
  const info = { command, dry_run: String(dryRun), provider, region, endpoint, version: tool.version };
  const { kind } = verdict(summary, run);
  return [
    gauge("run_info", "What ran, where.", [{ labels: info, value: 1 }]),
    gauge("run_start_timestamp_seconds", "When the run began.", instantSamples(sessions[0]?.startedAt ?? null)),
    gauge(
      "run_end_timestamp_seconds",
      "When its last session ended.",
      instantSamples(sessions.at(-1)?.endedAt ?? null),
    ),
    gauge("run_complete", "1 where the run came to its end.", flag(runState(run) === "complete")),
    gauge("totals_close", "1 where every object listed has its outcome.", flag(summary.total.closes)),
    gauge("verdict", "What can be said of the run: one verdict, with the value 1.", [
      { labels: { verdict: kind }, value: 1 },
    ]),
    gauge(
      "remaining",
      "What is not encrypted yet, or may not be, by kind: objects, versions, uploads or buckets.",
      // Uploads may stand there for several reasons.
      summed(remains(summary, run).map(({ kind: what, count }) => ({ labels: { kind: what }, value: count }))),
    ),
  ];
}

function flag(value: boolean): Sample[] {
  return [{ labels: {}, value: Number(value) }];
}

/** Nothing for what is no date. */
export function instantSamples(text: string | null): Sample[] {
  const timeMs = timeOf(text);
  return timeMs === null ? [] : [{ labels: {}, value: timeMs / 1000 }];
}

/** One sample for each set of labels. */
function summed(samples: readonly Sample[]): Sample[] {
  const sums = new Map<string, Sample>();
  for (const { labels, value } of samples) {
    const id = JSON.stringify(labels);
    sums.set(id, { labels, value: value + (sums.get(id)?.value ?? 0) });
  }
  return [...sums.values()];
}
