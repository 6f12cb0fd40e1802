import { SingleBar } from "cli-progress";
import type { OnEvent, ProgressEvent } from "../../migrate/index.js";
import { countOf, formatCount, visibleText } from "../../migrate/model/text.js";
import { logLine, note, onStderr } from "../print/terminal.js";
import { type Counters, count, newCounters, type Progress, recentRate, slowedBy, slowedWords } from "./progress.js";

interface ProgressOptions {
  readonly quiet: boolean;
  /** Lines on a terminal too, between other lines. */
  readonly lines?: boolean;
}

/** A progress bar if stderr is a terminal, a line every 10 seconds if not, nothing if `quiet`. All on stderr. */
export function createProgress({ quiet, lines = false }: ProgressOptions): Progress {
  if (quiet) return { onEvent: () => undefined, wantsCount: false, stop: () => undefined, above: (write) => write() };
  return process.stderr.isTTY && !lines ? progressBar() : progressLines();
}

const EVERY_MS = 10_000;

/** One line every 10 seconds: for logs. */
function progressLines(): Progress {
  const counters = newCounters();
  const rateAt = recentRate();
  let reporting = false;
  const timer = setInterval(() => {
    note(reporting ? "writing the reports" : progressLine(counters, rateAt(performance.now(), counters.done)));
  }, EVERY_MS);
  timer.unref();
  return {
    onEvent(event) {
      count(counters, event);
      if (event.kind === "reporting") reporting = true;
    },
    wantsCount: false,
    stop: () => clearInterval(timer),
    above: (write) => write(),
  };
}

export function progressLine(
  { done, listed, failed, retries, slowed, versions }: Readonly<Counters>,
  rate: number | null,
): string {
  const words = slowedWords(slowed);
  const parts = [
    `${countOf(done, "object")} done`,
    ...(rate === null ? [] : [`${formatCount(rate)}/s`]),
    `${formatCount(listed - done)} in flight`,
    ...(versions === 0 ? [] : [countOf(versions, "noncurrent version")]),
    `${formatCount(failed)} failed`,
    countOf(retries, "retry", "retries"),
    ...(words === "" ? [] : [`throttled: ${words}`]),
  ];
  return parts.join(", ");
}

const BAR_STYLE = { hideCursor: true, clearOnComplete: true, fps: 5, gracefulExit: false };

/** The bar shows an end once the objects are counted, which happens while the run goes on. */
function progressBar(): Progress {
  const counters = newCounters();
  const rateAt = recentRate();
  let reporting = false;
  const render = () => {
    if (reporting) return "writing the reports";
    const rate = rateAt(performance.now(), counters.done);
    return barLine({ counters, rate, columns: process.stderr.columns ?? 80, paint: onStderr.cyan });
  };
  const countLine = countingLine();
  const bar = new SingleBar({ ...BAR_STYLE, stream: process.stderr, format: render });
  // A process that ends abruptly would leave the terminal without a cursor otherwise.
  const stop = () => {
    process.off("exit", stop);
    bar.stop();
  };
  return {
    onEvent(event: ProgressEvent) {
      count(counters, event);
      countLine(event);
      if (event.kind === "reporting") reporting = true;
      if (event.kind !== "scope-started" || bar.isActive) return;
      process.once("exit", stop);
      bar.start(0, 0);
    },
    wantsCount: true,
    stop,
    above(write) {
      const wasActive = bar.isActive;
      if (wasActive) bar.stop();
      write();
      if (wasActive) bar.start(0, 0);
    },
  };
}

/** Shows how far the objects are counted before the run has started, in a line that goes away again. */
function countingLine(): OnEvent {
  let isStarted = false;
  return (event) => {
    if (isStarted) return;
    isStarted = event.kind === "started";
    if (event.kind === "counted") process.stderr.write(`\rcounting: ${countOf(event.objects, "object")}\u001b[K`);
    if (event.kind === "plan" || isStarted) process.stderr.write("\r\u001b[K");
  };
}

const BAR_COLUMNS = 24;

interface BarLine {
  readonly counters: Readonly<Counters>;
  /** Objects per second; `null` if it is not known yet. */
  readonly rate: number | null;
  readonly columns: number;
  readonly paint: (bar: string) => string;
}

/** The progress of a run in one line that fits the terminal. The least important parts are left out first. */
export function barLine({ counters, rate, columns, paint }: BarLine): string {
  const { done, counted, countEnded, versions } = counters;
  // Counting that the run has overtaken says nothing of what is left.
  const isKnown = counted !== null && (countEnded || counted > done);
  const total = Math.max(counted ?? 0, done);
  const share = isKnown && total > 0 ? done / total : 0;
  const parts = [
    `${bar(share)} ${String(Math.floor(share * 100)).padStart(3)}%`,
    isKnown ? `${formatCount(done)} of ${totalWords(total, countEnded)}` : countOf(done, "object"),
    ...(rate === null ? [] : [`${formatCount(rate)}/s`]),
    ...(countEnded && rate !== null && rate > 0 && done < total ? [`${timeLeft((total - done) / rate)} left`] : []),
    ...(versions === 0 ? [] : [countOf(versions, "noncurrent version")]),
    ...troubles(counters),
    `${formatCount(counters.listed - done)} in flight`,
  ];
  let line = "";
  for (const part of parts) {
    const longer = line === "" ? part : `${line}  ${part}`;
    // The last column stays free: some terminals wrap as soon as it is written.
    if (longer.length >= columns) break;
    line = longer;
  }
  return paint(line.slice(0, BAR_COLUMNS)) + line.slice(BAR_COLUMNS);
}

function totalWords(total: number, isWhole: boolean): string {
  return isWhole ? countOf(total, "object") : `${formatCount(total)}+ objects`;
}

function bar(share: number): string {
  const complete = Math.floor(share * BAR_COLUMNS);
  return "━".repeat(complete) + "─".repeat(BAR_COLUMNS - complete);
}

function troubles({ failed, retries, slowed }: Readonly<Counters>): string[] {
  const words = slowedWords(slowed);
  return [
    ...(failed > 0 ? [`${formatCount(failed)} failed`] : []),
    ...(words === "" ? [] : [`throttled: ${words}`]),
    ...(retries > 0 ? [countOf(retries, "retry", "retries")] : []),
  ];
}

/** "40 s", "12 min", "3 h 20 min", "4 days": an estimate, so no more than two units. */
export function timeLeft(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.round(hours / 24)} days`;
}

type LoggedEvent = Extract<ProgressEvent, { kind: "retry" | "rate" | "scope-started" | "scope-ended" | "reporting" }>;

/** The events that `--log-level info` shows. */
const LOG_WORDS: { readonly [K in LoggedEvent["kind"]]: (event: Extract<LoggedEvent, { kind: K }>) => string } = {
  retry: ({ operation, code }) => `${operation} gets another attempt after ${code}`,
  rate: (event) => slowedWords(slowedBy({}, event)) || `${event.access} requests are no longer throttled`,
  "scope-started": ({ scope }) => `s3://${scope.bucket}/${scope.prefix} begins`,
  "scope-ended": ({ scope }) => `s3://${scope.bucket}/${scope.prefix} is read to its end`,
  reporting: () => "the reports are written",
};

export function logEvent(event: ProgressEvent): void {
  if (!Object.hasOwn(LOG_WORDS, event.kind)) return;
  const words = LOG_WORDS[event.kind as LoggedEvent["kind"]] as (event: ProgressEvent) => string;
  const { kind, ...fields } = event;
  logLine("info", visibleText(words(event)), { event: kind, ...fields });
}
