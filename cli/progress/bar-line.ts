import { formatCount } from "../../migrate/model/text.js";
import type { Counters } from "./counters.js";
import { slowedWords } from "./slowed-words.js";
import { timeLeft } from "./time-left.js";

const BAR_COLUMNS = 24;

export interface BarLine {
  readonly counters: Readonly<Counters>;
  /** Objects a second. */
  readonly rate: number;
  readonly columns: number;
  readonly paint: (bar: string) => string;
}

/** The progress of a run in one line, never wider than the terminal: what matters least is left out first. */
export function barLine({ counters, rate, columns, paint }: BarLine): string {
  const { done, counted, countEnded, versions } = counters;
  const total = Math.max(counted ?? 0, done);
  const share = total === 0 ? 0 : done / total;
  const parts = [
    `${bar(share)} ${String(Math.floor(share * 100)).padStart(3)}%`,
    `${formatCount(done)}${counted === null ? "" : ` of ${formatCount(total)}${countEnded ? "" : "+"}`} objects`,
    `${formatCount(rate)}/s`,
    ...(countEnded && rate > 0 && done < total ? [`${timeLeft((total - done) / rate)} left`] : []),
    ...(versions === 0 ? [] : [`${formatCount(versions)} older versions`]),
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

function bar(share: number): string {
  const complete = Math.floor(share * BAR_COLUMNS);
  return "━".repeat(complete) + "─".repeat(BAR_COLUMNS - complete);
}

function troubles({ failed, retries, slowed }: Readonly<Counters>): string[] {
  const words = slowedWords(slowed);
  return [
    ...(failed > 0 ? [`${formatCount(failed)} failed`] : []),
    ...(words === "" ? [] : [`throttled: ${words}`]),
    ...(retries > 0 ? [`${formatCount(retries)} tried again`] : []),
  ];
}
