import { formatCount } from "../../migrate/report/figures.js";
import { note } from "../print/terminal.js";
import { count, newCounters, rate } from "./counters.js";
import type { Progress } from "./create-progress.js";

const EVERY_MS = 10_000;

/** One line every 10 seconds: for logs. */
export function progressLines(): Progress {
  const counters = newCounters();
  const timer = setInterval(() => {
    const { done, listed, failed, retries } = counters;
    const parts = [
      `${formatCount(done)} objects done`,
      `${formatCount(rate(counters))}/s`,
      `${formatCount(listed - done)} in flight`,
      `${formatCount(failed)} failed`,
      `${formatCount(retries)} calls tried again`,
    ];
    note(parts.join(", "));
  }, EVERY_MS);
  timer.unref();
  return { onEvent: (event) => count(counters, event), wantsCount: false, stop: () => clearInterval(timer) };
}
