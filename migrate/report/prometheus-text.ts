/** One value and its labels. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

/**
 * A metric in the Prometheus text format. All are gauges, because only the last run counts. Empty if there
 * are no samples.
 */
export function metricText({ name, help, samples }: Metric): string {
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
export function gauge(name: string, help: string, samples: readonly Sample[]): Metric {
  return { name: `bucketseal_${name}`, help, samples };
}
