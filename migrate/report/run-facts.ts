import type { RunRecord, Scope } from "../journal/run-record.js";
import { countOf, formatCount, formatDuration, formatInstant } from "./figures.js";
import { RUN_STATE_WORDS, runState } from "./run-state.js";

const MAX_SCOPES = 3;

export type Fact = readonly [label: string, value: string];

/** Who, where, when and with what. Values are as recorded: escape them for the format at hand. */
export function runFacts(run: RunRecord): readonly Fact[] {
  return [
    ["Scope", scopeWords(run.scopes)],
    ["Endpoint", run.endpoint],
    ["Provider", `${run.provider}, region ${run.region}`],
    ["Access key", run.accessKeyId ?? "not known"],
    ["Command", `${run.command}${run.dryRun ? " (dry run, nothing written)" : ""}`],
    ...times(run),
    ["Tool", `${run.tool.name} ${run.tool.version}, Node ${run.tool.node}`],
  ];
}

/** The options as they were resolved, one a row. */
export function runSettings(run: RunRecord): readonly Fact[] {
  return Object.entries(run.options).map(([name, value]) => [
    name,
    typeof value === "string" ? value : (JSON.stringify(value) ?? "not set"),
  ]);
}

function scopeWords(scopes: readonly Scope[]): string {
  const names = scopes.slice(0, MAX_SCOPES).map(({ bucket, prefix }) => `s3://${bucket}/${prefix}`);
  const more = scopes.length - names.length;
  return more > 0 ? `${names.join(", ")} and ${formatCount(more)} more` : names.join(", ");
}

function times(run: RunRecord): Fact[] {
  const first = run.sessions[0];
  const last = run.sessions.at(-1);
  if (first === undefined || last === undefined) {
    return [["Started", "never"]];
  }
  const ended = last.endedAt === null ? "not yet" : formatInstant(last.endedAt);
  const starts = run.sessions.length === 1 ? "" : `, in ${countOf(run.sessions.length, "session")}`;
  return [
    ["Started", formatInstant(first.startedAt)],
    ["Ended", `${ended} (${RUN_STATE_WORDS[runState(run)]}${starts})`],
    ["Time taken", timeTaken(run)],
  ];
}

function timeTaken({ sessions }: RunRecord): string {
  const spans = sessions.map(({ startedAt, endedAt }) => Date.parse(endedAt ?? "") - Date.parse(startedAt));
  const total = spans.reduce((sum, span) => sum + span, 0);
  return Number.isNaN(total) ? "not known" : formatDuration(total);
}
