import type { OnEvent, ProgressEvent, RunResult } from "../../migrate/index.js";
import { countOf, visibleText } from "../../migrate/model/text.js";
import { remains } from "../../migrate/report/remains.js";
import { capabilityWords } from "../../migrate/report/words.js";
import { type Slowed, slowedBy, slowedWords } from "../progress/progress.js";
import { note, printJson, warn, wrap } from "./terminal.js";

/** Prints events as JSON lines: the findings of a bucket, every outcome as it comes, then the summary. */
export function jsonPrinter() {
  return {
    onEvent(event: ProgressEvent): void {
      if (event.kind === "probed" || event.kind.startsWith("baseline-")) printJson(event);
      if (event.kind === "unseen") printJson({ kind: "unseen", ...event.scope, ...event.unseen });
      if (event.kind === "bucket") printJson({ kind: "bucket", ...event.findings });
      if (event.kind === "outcome" || event.kind === "version") printJson(event.record);
    },
    /** `failOn` lists the conditions that hold and lead to exit code 1. */
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

const NAMED = 3;

/** Warns about buckets before the first object is looked at. A warning that several buckets share is printed once. */
export function bucketWarnings(): OnEvent {
  const bucketsOf = new Map<string, string[]>();
  return (event) => {
    if (event.kind === "bucket") {
      const { bucket, warnings } = event.findings;
      for (const warning of warnings) bucketsOf.set(warning, [...(bucketsOf.get(warning) ?? []), bucket]);
    }
    if (event.kind !== "scope-started") return;
    for (const [warning, buckets] of bucketsOf) warn(`${named(buckets)}: ${warning}`);
    bucketsOf.clear();
  };
}

function named(buckets: readonly string[]): string {
  const more = buckets.length - NAMED;
  const first = buckets.slice(0, NAMED).join(", ");
  return more > 0 ? `${first} and ${countOf(more, "more bucket", "more buckets")}` : first;
}

/** Says before a bucket's first copy what the probe found, and which locations cannot be seen. `quiet` leaves only warnings. */
export function probedLine({ quiet }: { readonly quiet: boolean }): OnEvent {
  return (event) => {
    if (event.kind === "bucket-warning") warn(`${event.bucket}: ${event.warning}`);
    if (event.kind === "worker-replaced")
      warn(`a worker process ended (${event.why}): another one continues its part of the keys`);
    if (event.kind === "unseen")
      warn(`s3://${event.scope.bucket}/${event.scope.prefix} is not seen: ${event.unseen.detail}`);
    if (event.kind !== "probed") return;
    const { bucket, from, capabilities, warnings } = event;
    const { columns } = process.stderr;
    const words = capabilityWords({ from, values: { ...capabilities } });
    if (!quiet) note(wrap(`${visibleText(bucket)}: ${words}`, { columns, indent: "  " }));
    for (const warning of warnings) warn(`${bucket}: ${warning}`);
  };
}

/** Says which file is being read before the first object, and warns if the baseline is not used. `quiet` leaves only the warnings. */
export function baselineNotes({ quiet }: { readonly quiet: boolean }): OnEvent {
  return (event) => {
    if (event.kind === "reading-file" && !quiet) note(`reading ${visibleText(event.path)}`);
    if (event.kind === "baseline-left-out") {
      warn(
        "the baseline is not used, and every object is read: this run is signed, and no key was given to check who signed the baseline. To use it, give its --public-key",
      );
    }
    if (event.kind !== "baseline-dropped") return;
    const { bucket, key, detail } = event.contradiction;
    warn(`the baseline is contradicted, and every object is read: s3://${bucket}/${key}: ${detail}`);
  };
}

interface Slowest {
  readonly onEvent: OnEvent;
  /** Prints on stderr; prints nothing if the store never throttled the run. */
  readonly print: () => void;
}

/** Keeps the lowest rates, which explain at the end why a run took so long. */
export function slowest(): Slowest {
  let lowest: Slowed = {};
  let retries = 0;
  return {
    onEvent(event) {
      if (event.kind === "retry") retries += 1;
      if (event.kind !== "rate" || event.perSecond === event.ceiling) return;
      const earlier = lowest[event.access]?.perSecond ?? Number.POSITIVE_INFINITY;
      if (event.perSecond !== null && event.perSecond < earlier) lowest = slowedBy(lowest, event);
    },
    print() {
      const words = slowedWords(lowest);
      if (words === "") return;
      const again = countOf(retries, "retry", "retries");
      note(`throttled: the store limited the request rate: ${words} at the slowest; ${again}`);
    },
  };
}
