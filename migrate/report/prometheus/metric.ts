/** One number, and what tells it apart from others of its name. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

/** A metric in the text format of Prometheus, all of them gauges: the last run is what counts. Nothing where it has no sample. */
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

/** Backslash, quote and line feed are all that the format escapes. */
function escapeLabel(value: string): string {
  return escapeHelp(Buffer.from(value).toString()).replaceAll('"', '\\"');
}

/** By its name without what all of them begin with. */
export function gauge(name: string, help: string, samples: readonly Sample[]): Metric {
  return { name: `bucketseal_${name}`, help, samples };
}
