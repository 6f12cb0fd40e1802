import type { RunRecord } from "../journal/run-record.js";

/** When a run ended, or began where it has not; milliseconds since 1970. */
export function timeOfRun({ sessions }: RunRecord): number {
  const last = sessions.at(-1);
  return timeOf(last?.endedAt ?? null) ?? timeOf(last?.startedAt ?? null) ?? 0;
}

/** `null` for what is no date. */
export function timeOf(instant: string | null): number | null {
  const timeMs = Date.parse(instant ?? "");
  return Number.isNaN(timeMs) ? null : timeMs;
}
