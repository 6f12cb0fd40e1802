import { SingleBar } from "cli-progress";
import type { ProgressEvent } from "../../migrate/index.js";
import { onStderr } from "../print/terminal.js";
import { barLine } from "./bar-line.js";
import { count, newCounters } from "./counters.js";
import type { Progress } from "./progress.js";
import { recentRate } from "./recent-rate.js";

/** A bar that knows its end once the objects are counted, which happens beside the run. */
export function progressBar(): Progress {
  const counters = newCounters();
  const rateAt = recentRate(performance.now());
  let reporting = false;
  const render = () => {
    if (reporting) return "writing the reports";
    const rate = rateAt(performance.now(), counters.done);
    return barLine({ counters, rate, columns: process.stderr.columns ?? 80, paint: onStderr.cyan });
  };
  const bar = new SingleBar({
    stream: process.stderr,
    format: render,
    hideCursor: true,
    clearOnComplete: true,
    fps: 5,
    gracefulExit: false,
  });
  // Without it a process that ends at once would leave the terminal without cursor.
  const stop = () => {
    process.off("exit", stop);
    bar.stop();
  };
  return {
    onEvent(event: ProgressEvent) {
      count(counters, event);
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
