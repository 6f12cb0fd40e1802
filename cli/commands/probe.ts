import { type ProbeFinding, type ProbeResult, type ProgressEvent, probe } from "../../migrate/index.js";
import { visibleText } from "../../migrate/model/text.js";
import { locationsWithin } from "../../migrate/options/place.js";
import { SECTIONS, type Section } from "../../migrate/probe/answer.js";
import { contradicts } from "../../migrate/probe/documented.js";
import {
  answerWords,
  evidenceWords,
  leftoverWords,
  NOT_OBSERVABLE_WORDS,
  SECTION_WORDS,
  TOPIC_WORDS,
} from "../../migrate/probe/words.js";
import type { ProviderId } from "../../providers/index.js";
import type { ProbeFlags } from "../declarations/stores-and-keys.js";
import { withInterrupt } from "../end-process.js";
import { EXIT } from "../exit-codes.js";
import { startLog } from "../print/run-events.js";
import { note, onStderr, onStdout, print, printErrors, printJson, wrap } from "../print/terminal.js";
import { placeOfEnvironment } from "./aws-environment.js";
import { networkOfEnvironment } from "./command-inputs.js";

export async function runProbe({ provider, json, ...flags }: ProbeFlags, given: string): Promise<void> {
  const { columns } = process.stderr;
  const { prefix, quiet, verbose: _verbose, logLevel: _level, logFormat: _format, ...where } = flags;
  const logEvent = startLog(flags);
  const [location = given] = locationsWithin([given], prefix);
  const onWriting = (folder: string) =>
    quiet ||
    note(wrap(`writing test objects, which are deleted afterwards, under ${visibleText(folder)}`, { columns }));
  const place = await placeOfEnvironment({ provider, ...where });
  const options = {
    ...{ ...where, ...place.flags, ...networkOfEnvironment() },
    provider: provider as ProviderId | undefined,
    location,
    onWriting,
    onEvent: (event: ProgressEvent) => {
      if (!quiet) place.onEvent(event);
      logEvent?.(event);
    },
  };
  const result = await withInterrupt(
    (signal) => place.explain(probe({ ...options, signal })),
    () => undefined,
  );
  if (json) printLines(result);
  else printProbe(result);
  const { bucket, leftovers, missingRights } = result;
  printErrors(leftovers.map((leftover) => leftoverWords(bucket, leftover)));
  if (missingRights.length > 0) printErrors([`permissions are missing: one or more of ${missingRights.join(", ")}`]);
  if (result.end === "interrupted")
    note(`${onStderr.yellow("interrupted:")} questions that were not tried are reported as not observable`);
  process.exitCode = exitCode(result);
}

function printLines({ findings, ...whole }: ProbeResult): void {
  for (const { kind, ...finding } of findings) printJson({ kind: "finding", found: kind, ...finding });
  printJson({ kind: "probe", ...whole });
}

function exitCode({ end, obstacle, findings, leftovers }: ProbeResult): number {
  if (end === "interrupted") return EXIT.interrupted;
  const hindered = obstacle !== null && obstacle.because !== "locked-by-default";
  const open = hindered || leftovers.length > 0 || findings.some(({ kind }) => kind === "failed");
  return open ? EXIT.objectsOpen : EXIT.done;
}

const TOPIC_WIDTH = 38;
const FOUND_WIDTH = 17;
const DOCUMENTED_WIDTH = 17;
const FIGURES_WIDTH = TOPIC_WIDTH + FOUND_WIDTH + DOCUMENTED_WIDTH;
/** In a narrower terminal the evidence gets its own lines. */
const WIDE = FIGURES_WIDTH + 36;
const INDENT = "    ";

/** `undefined` if stdout is not a terminal: each answer then has one line. */
type Columns = number | undefined;

/** Prints what was found next to what is documented, by section, for a person. */
export function printProbe(result: ProbeResult): void {
  const { columns } = process.stdout;
  const heading = row("", "found", "documented");
  print(onStdout.dim(isWide(columns) ? `${heading}seen` : heading.trimEnd()));
  for (const section of Object.keys(SECTIONS) as Section[]) printSection(section, result.findings, columns);
  print();
  print(wrap(closingWords(result), { columns }));
}

function isWide(columns: Columns): boolean {
  return columns === undefined || columns >= WIDE;
}

function printSection(section: Section, findings: readonly ProbeFinding[], columns: Columns): void {
  const topics: readonly string[] = SECTIONS[section];
  print(onStdout.bold(SECTION_WORDS[section]));
  for (const answer of findings.filter(({ topic }) => topics.includes(topic))) printFinding(answer, columns);
}

function printFinding(answer: ProbeFinding, columns: Columns): void {
  const { kind, topic, documented } = answer;
  const differs = contradicts(kind, documented);
  const cells = row(`  ${TOPIC_WORDS[topic]}`, `${differs ? "! " : ""}${answerWords(answer)}`, documented.says);
  const line = differs || kind === "failed" ? onStdout.yellow(cells) : cells;
  const indent = isWide(columns) ? " ".repeat(FIGURES_WIDTH) : INDENT;
  const seen = onStdout.dim(wrap(visibleText(evidenceWords(answer)), { columns, taken: indent.length, indent }));
  if (isWide(columns)) {
    print(`${line}${seen}`);
    return;
  }
  print(line.trimEnd());
  // The evidence of a plain yes is left to --json.
  if (kind !== "yes") print(`${indent}${seen}`);
}

function row(topic: string, found: string, documented: string): string {
  return `${topic.padEnd(TOPIC_WIDTH)}${visibleText(found).padEnd(FOUND_WIDTH - 1)} ${documented.padEnd(DOCUMENTED_WIDTH)}`;
}

function closingWords({ bucket, obstacle, findings }: ProbeResult): string {
  const name = visibleText(bucket);
  if (obstacle !== null) {
    const why = obstacle.evidence === null ? "" : ` (${obstacle.evidence.operation}: ${obstacle.evidence.code})`;
    return `${name}: found by reading only: ${NOT_OBSERVABLE_WORDS[obstacle.because]}${visibleText(why)}`;
  }
  const differing = findings.filter(({ kind, documented }) => contradicts(kind, documented)).length;
  return differing === 0
    ? `${name}: no finding contradicts the provider's documentation`
    : `${name}: ${differing} of these contradict the provider's documentation, marked with !`;
}
