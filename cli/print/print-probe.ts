import type { ProbeFinding, ProbeResult } from "../../migrate/index.js";
import { visibleText } from "../../migrate/model/text.js";
import { SECTIONS, type Section } from "../../migrate/probe/answer.js";
import { contradicts } from "../../migrate/probe/documented.js";
import {
  answerWords,
  evidenceWords,
  NOT_OBSERVABLE_WORDS,
  SECTION_WORDS,
  TOPIC_WORDS,
} from "../../migrate/probe/words.js";
import { onStdout, print, wrap } from "./terminal.js";

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
