import { join } from "node:path";
import type { RunResult, Tally, Totals, Verdict } from "../../migrate/index.js";
import { STATE_WORDS } from "../../migrate/inspect/encryption-state.js";
import { REASON_WORDS, type Reason } from "../../migrate/plan/reason.js";
import { closingWords } from "../../migrate/report/closing-sum.js";
import { formatBytes, formatCount } from "../../migrate/report/figures.js";
import { OUTCOME_KINDS, OUTCOME_WORDS } from "../../migrate/report/outcome-words.js";
import { seenStates } from "../../migrate/report/state-order.js";
import { visibleText } from "../../migrate/report/visible-text.js";
import { onStdout, print, warn } from "./terminal.js";

/** The end of a run, for a person: the verdict first, then the figures, then where to read on. */
export function printSummary({ run, summary, verdict, runDir }: RunResult): void {
  const { total } = summary;
  print();
  print(`${mark(verdict)} ${onStdout.bold(visibleText(verdict.headline))}`);
  print(onStdout.dim(`  ${visibleText(verdict.detail)}`));
  print();
  printRow("listed", total.listed, null);
  for (const kind of OUTCOME_KINDS) {
    const tally = total.outcomes[kind];
    if (tally.objects > 0) printRow(`  ${OUTCOME_WORDS[kind]}`, tally.objects, tally.bytes);
  }
  print(onStdout.dim(`  ${closingWords(total)}`));
  print();
  printStates(total);
  printReasons(total);
  for (const { bucket, warnings } of run.buckets) for (const warning of warnings) warn(`${bucket}: ${warning}`);
  print(`report   ${join(runDir, "report.html")}`);
  print(`verify   bucketseal verify ${runDir}`);
}

function mark({ kind }: Verdict): string {
  return kind === "sealed" ? onStdout.green("sealed") : onStdout.yellow(kind.replace("-", " "));
}

function printRow(label: string, objects: number, bytes: number | null): void {
  print(
    `  ${label.padEnd(34)}${formatCount(objects).padStart(13)}${bytes === null ? "" : formatBytes(bytes).padStart(12)}`,
  );
}

function printStates(total: Totals): void {
  print(onStdout.dim(`  ${"encryption".padEnd(34)}${"before".padStart(13)}${"now".padStart(12)}`));
  for (const state of seenStates(total)) {
    const { [state]: before } = total.statesBefore;
    const { [state]: now } = total.statesNow;
    const figures = `${formatCount(before.objects).padStart(13)}${formatCount(now.objects).padStart(12)}`;
    print(`  ${STATE_WORDS[state].padEnd(34)}${figures}`);
  }
  print();
}

/** Why objects were left as they are; what was done needs no excuse. */
function printReasons({ reasons }: Totals): void {
  const left = (Object.entries(reasons) as [Reason, Tally][]).filter(([reason]) => !DONE.has(reason));
  if (left.length === 0) return;
  print(onStdout.dim("  left as they are, because"));
  for (const [reason, { objects }] of left) print(`  ${formatCount(objects).padStart(9)}  ${REASON_WORDS[reason]}`);
  print();
}

const DONE: ReadonlySet<Reason> = new Set([
  "unencrypted",
  "unencrypted-above-copy-cutoff",
  "sse-s3",
  "stronger-encryption",
]);
