import type { Cost } from "./measure.js";
import type { Bar, Figure, Scenario } from "./scenarios.js";
import type { StubCounts } from "./stub/answer-request.js";

export interface Run extends Cost {
  readonly counts: StubCounts;
}

export interface Measured {
  readonly subject: string;
  /** How often a run started the program. */
  readonly times: number;
  readonly objects: number;
  readonly runs: readonly Run[];
}

export interface Spread {
  readonly least: number;
  readonly median: number;
  readonly most: number;
}

export interface Ratio extends Bar {
  /** Run by run, since both were measured one right after the other. */
  readonly measured: Spread;
  readonly isMet: boolean;
}

export interface Result {
  readonly scenario: string;
  readonly title: string;
  readonly latencyMs: number;
  readonly measured: readonly Measured[];
  readonly ratios: readonly Ratio[];
  /** The measurements that were left out, with the reason. */
  readonly skipped: readonly string[];
}

const FIGURES: Readonly<Record<Figure, (run: Run, objects: number) => number>> = {
  cpu: ({ cpuSeconds }, objects) => (cpuSeconds * 1000) / objects,
  rate: ({ seconds }, objects) => objects / seconds,
  peak: ({ peakBytes }) => peakBytes / 1024 ** 2,
};

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
  const median = (at(0.5) + (sorted[Math.ceil(0.5 * (sorted.length - 1))] ?? Number.NaN)) / 2;
  return { least: at(0), median, most: at(1) };
}

const FIGURE_WORDS: Readonly<Record<Figure, string>> = { cpu: "CPU time", rate: "objects/s", peak: "peak memory" };

/** The ratios of one scenario whose subjects were both measured. */
export function ratiosOf({ bars }: Scenario, measured: readonly Measured[]): Ratio[] {
  return bars.flatMap((bar) => {
    const of = measured.find(({ subject }) => subject === bar.of);
    const against = measured.find(({ subject }) => subject === bar.against);
    if (of === undefined || against === undefined) return [];
    const spread = spreadOf(
      of.runs.flatMap((run, index) => {
        const other = against.runs[index];
        return other === undefined ? [] : [figureOf(bar.figure, run, of) / figureOf(bar.figure, other, against)];
      }),
    );
    const isMet = bar.figure === "rate" ? spread.median >= bar.wanted : spread.median <= bar.wanted;
    return [{ ...bar, measured: spread, isMet }];
  });
}

function figureOf(figure: Figure, run: Run, { objects, times }: Measured): number {
  return FIGURES[figure](run, objects * times);
}

export function tableOf(result: Result): string {
  const rows = result.measured.map((measured) => {
    const spread = (figure: Figure, digits: number) => {
      const { least, median, most } = spreadOf(measured.runs.map((run) => figureOf(figure, run, measured)));
      if (figure === "peak" && least === 0) return "too short";
      return `${number(median, digits)} (${number(least, digits)} to ${number(most, digits)})`;
    };
    const { subject, objects, runs } = measured;
    const figures = [spread("cpu", 3), spread("rate", 0), spread("peak", 0)];
    return [subject, number(objects), String(runs.length), ...figures, requests(measured)];
  });
  const unit = result.measured.some(({ times }) => times > 1) ? "a start" : "an object";
  return [
    `## ${result.scenario}: ${result.title}`,
    table(["command", "objects", "runs", `CPU ms ${unit}`, "each second", "peak MiB", "requests an object"], rows),
    ...(result.ratios.length === 0 ? [] : [ratioTableOf([result])]),
    ...result.skipped.map((words) => `skipped: ${words}`),
  ].join("\n\n");
}

/** All ratios in one table. */
export function ratioTableOf(results: readonly Result[]): string {
  const rows = results.flatMap(({ scenario, ratios }) =>
    ratios.map(({ figure, of, against, wanted, measured: { least, median, most }, isMet }) => [
      scenario,
      `${of} / ${against}`,
      FIGURE_WORDS[figure],
      `${number(median, 2)} (${number(least, 2)} to ${number(most, 2)})`,
      `${figure === "rate" ? "at least" : "at most"} ${wanted}`,
      isMet ? "met" : "not met",
    ]),
  );
  return table(["scenario", "ratio", "of", "measured", "wanted", ""], rows);
}

/** For the last run, about the generated keys alone. */
function requests({ runs, objects, times }: Measured): string {
  const { counts } = runs.at(-1) ?? {};
  const kinds = Object.entries(counts?.objects ?? {}).filter(([, requests]) => requests > 0);
  return kinds.map(([name, requests]) => `${name} ${number(requests / objects / times, 3)}`).join(", ");
}

function number(value: number, digits = 0): string {
  return value.toLocaleString("en", { maximumFractionDigits: digits, minimumFractionDigits: digits });
}

/** Markdown, padded so that it reads well in a terminal. */
function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = titles.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  return [line(titles), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}
