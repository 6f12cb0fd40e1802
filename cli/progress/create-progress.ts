import { formatCount } from "../../migrate/model/text.js";
import { note } from "../print/terminal.js";
import { type Counters, count, newCounters, type Progress, recentRate, slowedWords } from "./progress.js";
import { progressBar } from "./progress-bar.js";

/** A bar on a terminal, a line now and then elsewhere, nothing if asked. All on stderr. */
export function createProgress({ quiet }: { readonly quiet: boolean }): Progress {
  if (quiet) return { onEvent: () => undefined, wantsCount: false, stop: () => undefined, above: (write) => write() };
  return process.stderr.isTTY ? progressBar() : progressLines();
}

const EVERY_MS = 10_000;

/** One line every 10 seconds: for logs. */
function progressLines(): Progress {
  const counters = newCounters();
  const rateAt = recentRate(performance.now());
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
  rate: number,
): string {
  const words = slowedWords(slowed);
  const parts = [
    `${formatCount(done)} objects done`,
    `${formatCount(rate)}/s`,
    `${formatCount(listed - done)} in flight`,
    ...(versions === 0 ? [] : [`${formatCount(versions)} older versions`]),
    `${formatCount(failed)} failed`,
    `${formatCount(retries)} calls tried again`,
    ...(words === "" ? [] : [`throttled: ${words}`]),
  ];
  return parts.join(", ");
}
