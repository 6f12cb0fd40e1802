import type { RunRecord } from "../../journal/run-record.js";
import type { Summary } from "../summary.js";
import { bucketMetrics } from "./bucket-metrics.js";
import type { Metric } from "./metric.js";
import { runMetrics } from "./run-metrics.js";
import { olderMetrics, scopeMetrics } from "./scope-metrics.js";

/** The totals of a run for the textfile collector of node_exporter: few series, and none a key. */
export function metrics(summary: Summary, run: RunRecord): readonly Metric[] {
  const { scopes } = summary;
  return [...runMetrics(summary, run), ...scopeMetrics(scopes), ...olderMetrics(scopes), ...bucketMetrics(run)];
}
