import type { OnEvent, ProgressEvent, RunResult } from "../../migrate/index.js";
import { countOf, visibleText } from "../../migrate/model/text.js";
import { remains } from "../../migrate/report/remains.js";
import { capabilityWords } from "../../migrate/report/words.js";
import { type Slowed, slowedBy, slowedWords } from "../progress/progress.js";
import { note, printJson, warn, wrap } from "./terminal.js";

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

const NAMED = 3;

/** Says what was found of the buckets before the first object is looked at: the same warning once, however many it is of. */
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

/** Says what a bucket was found to be able to do, and what was not, before its first copy, and which locations are not seen; `quiet` leaves the warnings. */
export function probedLine({ quiet }: { readonly quiet: boolean }): OnEvent {
  return (event) => {
    if (event.kind === "bucket-warning") warn(`${event.bucket}: ${event.warning}`);
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

/** Says what takes a while before the first object, and that all is read after all; `quiet` leaves the latter. */
export function baselineNotes({ quiet }: { readonly quiet: boolean }): OnEvent {
  return (event) => {
    if (event.kind === "reading-file" && !quiet) note(`reading ${visibleText(event.path)}`);
    if (event.kind === "baseline-left-out") {
      warn(
        "the baseline is left out, and every object is read: this run is signed, and nothing says who signed the baseline: give its --public-key to go by it",
      );
    }
    if (event.kind !== "baseline-dropped") return;
    const { bucket, key, detail } = event.contradiction;
    warn(`the baseline does not hold, and every object is read: s3://${bucket}/${key}: ${detail}`);
  };
}

interface Slowest {
  readonly onEvent: OnEvent;
  /** On stderr; nothing where the store took all that it was sent. */
  readonly print: () => void;
}

/** Keeps how far the rates fell, to be told at the end: why a run took as long as it did. */
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
      const again = countOf(retries, "call was tried again", "calls were tried again");
      note(`throttled: the store did not take all that it was sent: ${words} at the slowest; ${again}`);
    },
  };
}
