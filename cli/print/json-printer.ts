import type { ProgressEvent, RunResult } from "../../migrate/index.js";
import { remains } from "../../migrate/report/remains.js";
import { printJson } from "./terminal.js";

/** What happens is results too: a bucket's findings, then every outcome as it comes, then the summary. */
export function jsonPrinter() {
  return {
    onEvent(event: ProgressEvent): void {
      if (event.kind === "probed" || event.kind.startsWith("baseline-")) printJson(event);
      if (event.kind === "unseen") printJson({ kind: "unseen", ...event.scope, ...event.unseen });
      if (event.kind === "bucket") printJson({ kind: "bucket", ...event.findings });
      if (event.kind === "outcome" || event.kind === "version") printJson(event.record);
    },
    /** `failOn`: which of the conditions that end with exit code 1 hold. */
    summary({ run, runDir, summary, verdict, seal, wasComplete }: RunResult, failOn: readonly string[]): void {
      const { end } = run.sessions.at(-1) ?? { end: null };
      printJson({
        kind: "summary",
        end,
        verdict,
        remains: remains(summary, run),
        failOn,
        runDir,
        seal,
        wasComplete,
        ...summary,
      });
    },
  };
}
