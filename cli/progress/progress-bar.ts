import { SingleBar } from "cli-progress";
import type { ProgressEvent } from "../../migrate/index.js";
import { formatCount } from "../../migrate/report/figures.js";
import { onStderr } from "../print/terminal.js";
import { type Counters, count, newCounters, rate } from "./counters.js";
import type { Progress } from "./create-progress.js";

const FORMAT = `{bar} {percentage}% {value}/{total} objects, {rate}/s, ETA {eta_formatted}, {inFlight} in flight, {retries} tried again`;

/** A bar that knows its end once the objects are counted, which happens beside the run. */
export function progressBar(): Progress {
  const counters = newCounters();
  const bar = new SingleBar({
    stream: process.stderr,
    format: onStderr.cyan(FORMAT),
    barsize: 24,
    barCompleteChar: "━",
    barIncompleteChar: "─",
    hideCursor: true,
    clearOnComplete: true,
    etaAsynchronousUpdate: true,
    etaBuffer: 1000,
    fps: 5,
    gracefulExit: false,
  });
  return {
    onEvent(event: ProgressEvent) {
      count(counters, event);
      if (event.kind === "scope-started" && !bar.isActive) bar.start(0, 0, payload(counters));
      if (event.kind === "counted") bar.setTotal(event.objects);
      if (event.kind === "outcome") bar.update(counters.done, payload(counters));
      if (event.kind === "reporting") bar.stop();
    },
    wantsCount: true,
    stop: () => bar.stop(),
  };
}

function payload(counters: Counters) {
  const { listed, done, retries } = counters;
  return { rate: formatCount(rate(counters)), inFlight: listed - done, retries: formatCount(retries) };
}
