import { join } from "node:path";
import type { RunResult, Tally, Totals, Verdict } from "../../migrate/index.js";
import { STATE_WORDS } from "../../migrate/model/encryption.js";
import { COPY_REASONS, REASON_WORDS, type Reason } from "../../migrate/model/reason.js";
import { formatBytes, formatCount, visibleText } from "../../migrate/model/text.js";
import { seenStates } from "../../migrate/report/group-rows.js";
import {
  noncurrentClosingWords,
  VERSION_OUTCOME_KINDS,
  VERSION_OUTCOME_WORDS,
} from "../../migrate/report/noncurrent.js";
import { OUTCOME_KINDS, OUTCOME_WORDS } from "../../migrate/report/tally.js";
import { closingWords, VERDICT_WORDS } from "../../migrate/report/verdict-kind.js";
import { onStdout, print, printBelow, shellWord, wrap } from "./terminal.js";

const LABEL_COLUMNS = 34;
const REASON_COLUMN = 15;

/** Prints the end of a run for a person: the verdict, the figures, and where to read on. */
export function printSummary({ summary, verdict, runDir, seal }: RunResult): void {
  const { total } = summary;
  print();
  print(headline(verdict));
  printBelow(visibleText(verdict.detail));
  print();
  printRows(outcomeRows(total));
  printBelow(closingWords(total));
  print();
  printRows(stateRows(total));
  print();
  const older = noncurrentPrint(total);
  if (older !== undefined) {
    printRows(older.rows);
    printBelow(visibleText(older.closing));
    print();
  }
  printReasons(total);
  print(`report   ${join(runDir, "report.html")}`);
  print(`verify   bucketseal verify ${shellWord(runDir)}`);
  print(`manifest sha256 ${seal.manifestSha256}`);
  if (seal.signedBy !== null) print(`signed   sha256 ${seal.signedBy}`);
}

function headline({ kind, headline }: Verdict): string {
  const words = visibleText(headline);
  // The headline says it.
  if (kind === "incomplete") return onStdout.bold(onStdout.yellow(words));
  const paint = kind === "sealed" ? onStdout.green : onStdout.yellow;
  return `${onStdout.bold(paint(`${VERDICT_WORDS[kind]}:`))} ${onStdout.bold(words)}`;
}

type Row = readonly [label: string, first: string, second: string];

function outcomeRows({ listed, filteredOut, outcomes, notSeen }: Totals): Row[] {
  const kinds = OUTCOME_KINDS.filter((kind) => outcomes[kind].objects > 0);
  const rows = kinds.map((kind): Row => {
    const { objects, bytes } = outcomes[kind];
    return [`  ${OUTCOME_WORDS[kind]}`, formatCount(objects), formatBytes(bytes)];
  });
  const left: Row[] = filteredOut > 0 ? [["excluded by filters", formatCount(filteredOut), ""]] : [];
  const unseen: Row[] = notSeen === undefined ? [] : [["locations not seen", formatCount(notSeen), ""]];
  return [["listed", formatCount(listed), ""], ...rows, ...left, ...unseen];
}

function stateRows(total: Totals): Row[] {
  const rows = seenStates(total).map((state): Row => {
    const { [state]: before } = total.statesBefore;
    const { [state]: now } = total.statesNow;
    return [`  ${STATE_WORDS[state]}`, formatCount(before.objects), formatCount(now.objects)];
  });
  return [["encryption", "before", "now"], ...rows];
}

function printRows(rows: readonly Row[]): void {
  const width = Math.max(LABEL_COLUMNS, ...rows.map(([label]) => label.length));
  for (const [label, first, second] of rows) {
    print(`  ${label.padEnd(width)}${first.padStart(13)}${second.padStart(13)}`.trimEnd());
  }
}

/** The reasons for which objects were left as they are. */
function printReasons({ reasons }: Totals): void {
  const left = (Object.entries(reasons) as [Reason, Tally][]).filter(([reason]) => !DONE.has(reason));
  if (left.length === 0) return;
  print("  left unchanged, because");
  const indent = " ".repeat(REASON_COLUMN);
  for (const [reason, { objects }] of left) {
    const words = wrap(REASON_WORDS[reason], { columns: process.stdout.columns, taken: REASON_COLUMN, indent });
    print(`${formatCount(objects).padStart(REASON_COLUMN - 2)}  ${words}`);
  }
  print();
}

const DONE: ReadonlySet<Reason> = new Set([
  ...COPY_REASONS,
  "sse-s3",
  "stronger-encryption",
  "customer-key",
  "kms-key",
]);

interface NoncurrentPrint {
  readonly rows: readonly (readonly [label: string, first: string, second: string])[];
  readonly closing: string;
}

/** The line about noncurrent versions; `undefined` if there is nothing to report. */
function noncurrentPrint({ noncurrent }: Totals): NoncurrentPrint | undefined {
  if (noncurrent === undefined) return undefined;
  const { listed, outcomes, replayed, deleteMarkers, refused } = noncurrent;
  if (listed + replayed.objects + deleteMarkers === 0 && refused === null) return undefined;
  const kinds = VERSION_OUTCOME_KINDS.filter((kind) => outcomes[kind].objects > 0);
  const tallies = [
    ...kinds.map((kind) => [VERSION_OUTCOME_WORDS[kind], outcomes[kind]] as const),
    ...(replayed.objects > 0 ? [["re-created encrypted", replayed] as const] : []),
  ];
  return {
    rows: [
      ["noncurrent versions", formatCount(listed), ""],
      ...tallies.map(
        ([words, { objects, bytes }]) => [`  ${words}`, formatCount(objects), formatBytes(bytes)] as const,
      ),
    ],
    closing: noncurrentClosingWords(noncurrent),
  };
}
