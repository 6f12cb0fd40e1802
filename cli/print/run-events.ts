import type { OnEvent, ProgressEvent, RunResult } from "../../migrate/index.js";
import { countOf, visibleText } from "../../migrate/model/text.js";
import { remains } from "../../migrate/report/remains.js";
import { capabilityWords } from "../../migrate/report/words.js";
import { requests, type SentRequest } from "../../migrate/store/operations.js";
import { withoutSecrets } from "../../migrate/store/wire.js";
import { logEvent } from "../progress/create-progress.js";
import { logLine, note, printJson, setLogFormat, warn, wrap } from "./terminal.js";

/** Prints events as JSON lines: the findings of a bucket, every outcome as it comes, then the summary. */
export function jsonPrinter() {
  return {
    onEvent(event: ProgressEvent): void {
      if (["probed", "plan"].includes(event.kind) || event.kind.startsWith("baseline-")) printJson(event);
      if (event.kind === "unseen") printJson({ kind: "unseen", ...event.scope, ...event.unseen });
      if (event.kind === "bucket") printJson({ kind: "bucket", ...event.findings });
      if (event.kind === "outcome" || event.kind === "version") printJson(event.record);
    },
    /** `failOn` lists the conditions that hold and lead to exit code 1. */
    summary({ run, runDir, summary, verdict, seal, wasComplete }: RunResult, failOn: readonly string[]): void {
      const { end } = run.sessions.at(-1) ?? { end: null };
      const left = remains(summary, run);
      printJson({ kind: "summary", end, verdict, remains: left, failOn, runDir, seal, wasComplete, ...summary });
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

/** Says which workers of a queue come and go. `quiet` leaves only those that were refused. */
export function queueNotes({ quiet }: { readonly quiet: boolean }): OnEvent {
  return (event) => {
    if (event.kind === "queue" && !quiet) note(QUEUE_WORDS[event.change]);
    if (event.kind !== "worker") return;
    const { name, change, why, workers } = event;
    if (change === "refused") warn(`worker ${name} was refused: ${why}`);
    else if (!quiet)
      note(visibleText(`worker ${name} ${change}${why === null ? "" : ` (${why})`}: ${countOf(workers, "worker")}`));
  };
}

type QueueChange = Extract<ProgressEvent, { kind: "queue" }>["change"];

const QUEUE_WORDS: Readonly<Record<QueueChange, string>> = {
  waiting: "waiting for workers: start bucketseal worker with the same --queue, on any machine",
  lost: "the connection to Redis is lost: waiting until it is back",
  back: "the connection to Redis is back",
};

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

function logRequest(published: unknown): void {
  const { operation, method, bucket, key, status, requestId, ms, attempt } = published as SentRequest;
  const asked = `${method} s3://${bucket}/${key}`;
  const answered = `${status ?? "no answer"} in ${ms} ms, attempt ${attempt}, request ID ${requestId ?? "unknown"}`;
  const words = `${operation}: ${asked}: ${answered}`;
  logLine("debug", withoutSecrets(visibleText(words)), { event: "request", ...(published as SentRequest) });
}

interface LogFlags {
  readonly verbose?: boolean | undefined;
  readonly logLevel?: string | undefined;
  readonly logFormat?: string | undefined;
}

/** Begins the log that the flags ask for. Returns what logs events; `null` if they are not logged. */
export function startLog({ verbose, logLevel = verbose ? "info" : "warning", logFormat }: LogFlags): OnEvent | null {
  setLogFormat(logFormat === "json" ? "json" : "text");
  // One process may run several commands.
  requests.unsubscribe(logRequest);
  if (logLevel === "debug") requests.subscribe(logRequest);
  return logLevel === "warning" ? null : logEvent;
}
