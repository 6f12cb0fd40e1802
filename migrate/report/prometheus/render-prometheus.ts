import type { ReportSource } from "../report-source.js";
import { metricText } from "./metric.js";
import { metrics } from "./metrics.js";

/** report.prom: the totals, for the textfile collector of node_exporter. */
export function renderPrometheus({ run, survey }: Omit<ReportSource, "readJournal">): string[] {
  return metrics(survey.summary, run).map(metricText);
}
