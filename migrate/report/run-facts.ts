import type { RunRecord } from "../journal/run-record.js";
import type { Scope } from "../model/scope.js";
import { countOf, formatCount, formatDuration, formatInstant } from "../model/text.js";
import type { Fact } from "./fact.js";
import { givenFileFacts } from "./given-file-words.js";
import { RUN_STATE_WORDS, runState } from "./run-state.js";
import { scopeFacts } from "./scope-facts.js";

const MAX_SCOPES = 3;

/** Who, where, when and with what. Values are as recorded: escape them for the format at hand. */
export function runFacts(run: RunRecord): readonly Fact[] {
  return [
    ["Scope", scopeWords(run.scopes)],
    ["Endpoint", run.endpoint],
    ["Provider", `${run.provider}, region ${run.region}`],
    ["Access key", accessKeys(run)],
    ...ownerOf(run),
    ...customerKeys(run),
    ["Command", `${run.command}${run.dryRun ? " (dry run, nothing written)" : ""}`],
    ...scopeFacts(run),
    ...givenFileFacts(run),
    ...times(run),
    ["Tool", toolWords(run)],
  ];
}

/** By their fingerprints, so that an auditor can tell which key opens what. */
function customerKeys({ customerKeys: given }: RunRecord): Fact[] {
  if (given === undefined) return [];
  const md5s = [...new Set(given.sources.map(({ md5 }) => md5))];
  return [
    ...(given.target === null ? [] : [["Encrypted with", `SSE-C, customer key with MD5 ${given.target}`] as const]),
    ...(md5s.length === 0 ? [] : [["Opened with", `customer keys with MD5 ${md5s.join(", ")}`] as const]),
  ];
}

/** As the requests were signed, which is all that a store tells: one a session, where they differ. */
function accessKeys({ accessKeyId, sessions }: RunRecord): string {
  const known = sessions.flatMap((session) => session.accessKeyId ?? []);
  return [...new Set([...known, ...(accessKeyId === null ? [] : [accessKeyId])])].join(", ") || "not known";
}

function ownerOf({ owner }: RunRecord): Fact[] {
  if (owner === undefined) return [];
  const name = owner.displayName === null ? "" : ` (${owner.displayName})`;
  return [["Buckets belong to", `${owner.id}${name}, as ListBuckets says`]];
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

/** Another version may have gone on with it. */
function toolWords({ tool, sessions }: RunRecord): string {
  const earlier = sessions
    .flatMap(({ toolVersion }) => toolVersion ?? [])
    .filter((version) => version !== tool.version);
  const before = earlier.length === 0 ? "" : `, in earlier sessions ${[...new Set(earlier)].join(", ")}`;
  return `${tool.name} ${tool.version}, Node ${tool.node}${before}`;
}

function timeTaken({ sessions }: RunRecord): string {
  const spans = sessions.map(({ startedAt, endedAt }) => Date.parse(endedAt ?? "") - Date.parse(startedAt));
  const total = spans.reduce((sum, span) => sum + span, 0);
  return Number.isNaN(total) ? "not known" : formatDuration(total);
}
