import type { RunRecord, SessionRequests } from "../journal/run-record.js";
import { ENGLISH, type Language } from "./language.js";

/** The state of a run since its last start. */
export type RunState = "complete" | "interrupted" | "aborted" | "unended";

export function runState(run: RunRecord): RunState {
  return run.sessions.at(-1)?.end ?? "unended";
}

export const RUN_STATE_WORDS = {
  complete: "ran to its end",
  interrupted: "was interrupted",
  aborted: "was aborted",
  unended: "has not ended, or was killed",
} as const satisfies Readonly<Record<RunState, string>>;

/**
 * - `sealed`: the run is complete, its totals close, and every object was seen to be encrypted.
 * - `unencrypted-remain`: complete, and some objects were last seen unencrypted.
 * - `differs`: complete, no object was seen unencrypted, but some copies differ from their originals.
 * - `no-default`: complete, every object was seen to be encrypted, but a bucket has no default encryption,
 *   so plaintext keeps arriving.
 * - `not-seen`: complete, no object was seen unencrypted, but some locations were not seen.
 * - `unproven`: complete, no object was seen unencrypted, but some could not be seen or found, or are only
 *   covered by a statement.
 * - `incomplete`: the run did not end, or its totals do not close. It says nothing about the rest.
 * - `nothing-examined`: complete, and there was no object or noncurrent version to examine.
 */
export type VerdictKind =
  | "sealed"
  | "unencrypted-remain"
  | "differs"
  | "no-default"
  | "not-seen"
  | "unproven"
  | "incomplete"
  | "nothing-examined";

export const VERDICT_WORDS = {
  sealed: "Sealed",
  "unencrypted-remain": "Not sealed",
  differs: "Not sealed",
  "no-default": "Not sealed",
  "not-seen": "Not proven",
  unproven: "Not proven",
  incomplete: "Inconclusive",
  "nothing-examined": "Nothing examined",
} as const satisfies Readonly<Record<VerdictKind, string>>;

/** A title for the type of run. */
export function runTitle({ command, dryRun }: RunRecord, { say }: Language): string {
  if (command === "audit") {
    return say("Encryption audit");
  }
  return say(dryRun ? "Encryption dry run" : "Encryption report");
}

/** One option: its effective value, and whether the user gave it. */
export interface Setting {
  readonly name: string;
  readonly value: string;
  readonly origin: "given" | "default";
}

/** Options whose name differs between the given and the effective settings. */
const GIVEN_AS: Readonly<Record<string, string>> = {
  minSizeBytes: "minSize",
  maxSizeBytes: "maxSize",
  copyCutoffBytes: "copyCutoff",
  partBytes: "partSize",
  rewriteBelowBytes: "rewriteBelow",
  assumeDocumented: "assume",
};

/** The effective options, one per row, and the given options that are not among them. */
export function runSettings({ options, settings = {} }: RunRecord, { say } = ENGLISH): readonly Setting[] {
  const none = say("none");
  const settingOf = (name: string, value: unknown, isGiven: boolean): Setting => ({
    name,
    value: valueWords(value) ?? none,
    origin: isGiven ? "given" : "default",
  });
  const effective = Object.entries(settings).map(([name, value]) =>
    settingOf(name, value, Object.hasOwn(options, GIVEN_AS[name] ?? name)),
  );
  const told = new Set(Object.keys(settings).map((name) => GIVEN_AS[name] ?? name));
  const others = Object.entries(options).filter(([name]) => !told.has(name));
  return [...effective, ...others.map(([name, value]) => settingOf(name, value, true))];
}

function valueWords(value: unknown): string | undefined {
  if (value === null || value === undefined || (Array.isArray(value) && value.length === 0)) return undefined;
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** When a run ended, or started if it has not ended; milliseconds since 1970. */
export function timeOfRun({ sessions }: RunRecord): number {
  const last = sessions.at(-1);
  return timeOf(last?.endedAt ?? null) ?? timeOf(last?.startedAt ?? null) ?? 0;
}

/** `null` if it is not a date. */
export function timeOf(instant: string | null): number | null {
  const timeMs = Date.parse(instant ?? "");
  return Number.isNaN(timeMs) ? null : timeMs;
}

/** How long its sessions took together, in milliseconds; NaN if one has not ended. */
export function tookMs({ sessions }: RunRecord): number {
  return sessions.reduce((sum, { startedAt, endedAt }) => sum + Date.parse(endedAt ?? "") - Date.parse(startedAt), 0);
}

/** The `n` requests of all its sessions that recorded theirs. */
export function sentRequests({ sessions }: RunRecord): SessionRequests & { readonly n: number } {
  const recorded = sessions.flatMap(({ requests }) => requests ?? []);
  const sent: Record<string, number> = {};
  for (const [name, times] of recorded.flatMap((one) => Object.entries(one.sent)))
    sent[name] = (sent[name] ?? 0) + times;
  const n = Object.values(sent).reduce((sum, times) => sum + times, 0);
  return { n, sent, complete: recorded.length === sessions.length && recorded.every(({ complete }) => complete) };
}
