import type { RunRecord } from "../journal/run-record.js";

/** Where a run stands, from its last start. */
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

/** What kind of run it was, as a title. */
export function runTitle({ command, dryRun }: RunRecord): string {
  if (command === "audit") {
    return "Encryption audit";
  }
  return dryRun ? "Encryption dry run" : "Encryption report";
}
