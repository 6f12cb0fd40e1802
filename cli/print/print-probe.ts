import type { ProbeFinding, ProbeResult } from "../../migrate/index.js";
import { contradicts } from "../../migrate/probe/documented.js";
import { SECTIONS, type Section } from "../../migrate/probe/finding.js";
import {
  answerWords,
  evidenceWords,
  NOT_OBSERVABLE_WORDS,
  SECTION_WORDS,
  TOPIC_WORDS,
} from "../../migrate/probe/words.js";
import { visibleText } from "../../migrate/report/visible-text.js";
import { onStdout, print } from "./terminal.js";
import { wrapWords } from "./wrap-words.js";

const TOPIC_WIDTH = 38;
const FOUND_WIDTH = 17;
const DOCUMENTED_WIDTH = 17;
const FIGURES_WIDTH = TOPIC_WIDTH + FOUND_WIDTH + DOCUMENTED_WIDTH;
/** Below it, what was seen stands on lines of its own. */
const WIDE = FIGURES_WIDTH + 36;
const PIPE_WIDTH = 120;
const INDENT = "    ";

/** What was found beside what is documented, by section; for a person. */
export function printProbe(result: ProbeResult, width = process.stdout.columns ?? PIPE_WIDTH): void {
  const heading = row("", "found", "documented");
  print(onStdout.dim(width >= WIDE ? `${heading}seen` : heading.trimEnd()));
  for (const section of Object.keys(SECTIONS) as Section[]) printSection(section, result.findings, width);
  print();
  for (const line of wrapWords(closingWords(result), width)) print(line);
}

function printSection(section: Section, findings: readonly ProbeFinding[], width: number): void {
  const topics: readonly string[] = SECTIONS[section];
  print(onStdout.bold(SECTION_WORDS[section]));
  for (const finding of findings.filter(({ topic }) => topics.includes(topic))) printFinding(finding, width);
}

function printFinding(finding: ProbeFinding, width: number): void {
  const { topic, documented } = finding;
  const differs = contradicts(finding.kind, documented);
  const cells = row(`  ${TOPIC_WORDS[topic]}`, `${differs ? "! " : ""}${answerWords(finding)}`, documented.says);
  const line = differs || finding.kind === "failed" ? onStdout.yellow(cells) : cells;
  const seen = visibleText(evidenceWords(finding));
  if (width < WIDE) {
    print(line.trimEnd());
    // What a plain yes was seen by can wait for --json.
    if (finding.kind === "yes") return;
    for (const words of wrapWords(seen, width - INDENT.length)) print(onStdout.dim(`${INDENT}${words}`));
    return;
  }
  const [first = "", ...rest] = wrapWords(seen, width - FIGURES_WIDTH);
  print(`${line}${onStdout.dim(first)}`);
  for (const line of rest) print(`${" ".repeat(FIGURES_WIDTH)}${onStdout.dim(line)}`);
}

function row(topic: string, found: string, documented: string): string {
  return `${topic.padEnd(TOPIC_WIDTH)}${visibleText(found).padEnd(FOUND_WIDTH)}${documented.padEnd(DOCUMENTED_WIDTH)}`;
}

function closingWords({ bucket, obstacle, findings }: ProbeResult): string {
  const name = visibleText(bucket);
  if (obstacle !== null) {
    const why = obstacle.evidence === null ? "" : ` (${obstacle.evidence.operation}: ${obstacle.evidence.code})`;
    return `${name}: only what reading shows: ${NOT_OBSERVABLE_WORDS[obstacle.because]}${visibleText(why)}`;
  }
  const differing = findings.filter(({ kind, documented }) => contradicts(kind, documented)).length;
  return differing === 0
    ? `${name}: nothing that was found contradicts what the provider documents`
    : `${name}: ${differing} of these contradict what the provider documents, marked with !`;
}
