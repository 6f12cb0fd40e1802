import type { RunRecord } from "../journal/run-record.js";

/** The state of a run since its last start. */
export type RunState = "complete" | "interrupted" | "aborted" | "unended";

export function runState(run: RunRecord): RunState {
  return run.sessions.at(-1)?.end ?? "unended";
}

export const RUN_STATE_WORDS: Readonly<Record<RunState, string>> = {
  complete: "ran to its end",
  interrupted: "was interrupted",
  aborted: "was aborted",
  unended: "has not ended, or was killed",
};

/** A title for the type of run. */
export function runTitle({ command, dryRun }: RunRecord): string {
  if (command === "audit") {
    return "Encryption audit";
  }
  return dryRun ? "Encryption dry run" : "Encryption report";
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
export function runSettings({ options, settings = {} }: RunRecord): readonly Setting[] {
  const effective = Object.entries(settings).map(([name, value]) =>
    settingOf(name, value, Object.hasOwn(options, GIVEN_AS[name] ?? name)),
  );
  const told = new Set(Object.keys(settings).map((name) => GIVEN_AS[name] ?? name));
  const others = Object.entries(options).filter(([name]) => !told.has(name));
  return [...effective, ...others.map(([name, value]) => settingOf(name, value, true))];
}

function settingOf(name: string, value: unknown, isGiven: boolean): Setting {
  return { name, value: valueWords(value), origin: isGiven ? "given" : "default" };
}

function valueWords(value: unknown): string {
  if (value === null || value === undefined || (Array.isArray(value) && value.length === 0)) return "none";
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "none");
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
