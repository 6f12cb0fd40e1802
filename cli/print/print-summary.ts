import { join } from "node:path";
import type {
  BucketFindings,
  Plan,
  RunRecord,
  RunResult,
  Summary,
  Tally,
  Totals,
  Verdict,
} from "../../migrate/index.js";
import { STATE_WORDS } from "../../migrate/model/encryption.js";
import { COPY_REASONS, REASON_WORDS, type Reason } from "../../migrate/model/reason.js";
import { formatBytes, formatCount, visibleText } from "../../migrate/model/text.js";
import { baselineRows, seenStates } from "../../migrate/report/group-rows.js";
import { bucketNames } from "../../migrate/report/groups.js";
import { ENGLISH } from "../../migrate/report/language.js";
import {
  noncurrentClosingWords,
  VERSION_OUTCOME_KINDS,
  VERSION_OUTCOME_WORDS,
} from "../../migrate/report/noncurrent.js";
import { closingWords } from "../../migrate/report/not-seen.js";
import { planOutcome } from "../../migrate/report/plan-words.js";
import { defaultNow, remains } from "../../migrate/report/remains.js";
import { VERDICT_WORDS } from "../../migrate/report/run-state.js";
import { OUTCOME_KINDS, OUTCOME_WORDS } from "../../migrate/report/tally.js";
import { detailBesideRemains } from "../../migrate/report/verdict.js";
import { plaintextSources } from "../../migrate/report/words.js";
import { onStdout, print, printBelow, wrap } from "./terminal.js";
import { nextCommand, planLines } from "./what-next.js";

const LABEL_COLUMNS = 34;
const REASON_COLUMN = 15;

/** Prints the end of a run for a person: the verdict, the figures, and where to read on. */
export function printSummary({ run, summary, verdict, runDir, seal }: RunResult): void {
  const { total, plan, baseline } = summary;
  const left = remains(summary, run).map(({ words }) => words);
  print();
  print(headline(verdict));
  printBelow(visibleText(detailBesideRemains(summary, run)));
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
  printBaseline(baseline);
  if (plan !== undefined) printPlan(plan, run, total);
  printList("What remains", left);
  printList("What this run changed in the buckets", defaultsSet(run));
  print(`report   ${join(runDir, "report.html")}`);
  const next = nextCommand(run, summary, runDir);
  if (next !== null) print(`next     ${next}`);
  print(`manifest sha256 ${seal.manifestSha256}`);
  if (seal.signedBy !== null) print(`signed   sha256 ${seal.signedBy}`);
}

function headline({ kind, headline }: Verdict): string {
  // The headline of an incomplete run says it.
  const label = kind === "incomplete" ? "" : `${VERDICT_WORDS[kind]}: `;
  const paint = kind === "sealed" ? onStdout.green : onStdout.yellow;
  const words = wrap(visibleText(headline), { columns: process.stdout.columns, taken: label.length });
  return onStdout.bold(label === "" ? paint(words) : `${paint(label.trimEnd())} ${words}`);
}

function printPlan(plan: Plan, run: RunRecord, { outcomes }: Totals): void {
  if (run.dryRun) for (const line of planLines(plan, process.stdout.columns, onStdout)) print(line);
  else printBelow(visibleText(planOutcome(plan, outcomes.migrated, run)));
  print();
}

function printList(title: string, items: readonly string[]): void {
  if (items.length === 0) return;
  print(`  ${title}`);
  for (const item of items) {
    print(`  - ${wrap(visibleText(item), { columns: process.stdout.columns, taken: 4, indent: "    " })}`);
  }
  print();
}

const NOW_WORDS: Readonly<Record<string, string>> = {
  "sse-s3": "is SSE-S3 now",
  "sse-kms": "is SSE-KMS now",
  "dsse-kms": "is DSSE-KMS now",
};

/** The default encryption that `--set-default` gave to buckets, instead of the one that they had. */
function defaultsSet({ buckets }: RunRecord): readonly string[] {
  const bucketsOf = new Map<string, BucketFindings[]>();
  for (const bucket of buckets.filter(({ defaultEncryption: { setAt } }) => setAt !== undefined)) {
    const before = bucket.defaultEncryption.before === "none" ? "there was none before" : "it was SSE-S3 before";
    const words = `${NOW_WORDS[defaultNow(bucket)] ?? "was set, but not found again at the end"}: ${before}`;
    bucketsOf.set(words, [...(bucketsOf.get(words) ?? []), bucket]);
  }
  return [...bucketsOf].map(([words, some]) => `The default encryption of ${bucketNames(some, ENGLISH)} ${words}.`);
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

/** How much of a baseline could be used, and why not the rest. */
function printBaseline(use: Summary["baseline"]): void {
  if (use === undefined) return;
  printRows([
    ["baseline", formatCount(use.objects), ""],
    ...baselineRows(use, ENGLISH).map(([label, objects]): Row => [`  ${label}`, formatCount(objects), ""]),
  ]);
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
      ...tallies.flatMap(([words, tally]) => [
        tallyRow(`  ${words}`, tally),
        ...(tally === outcomes.plaintext
          ? plaintextSources(noncurrent).map((source) => tallyRow(`    ${source.words}`, source.tally))
          : []),
      ]),
    ],
    closing: noncurrentClosingWords(noncurrent),
  };
}

function tallyRow(label: string, { objects, bytes }: Tally): Row {
  return [label, formatCount(objects), formatBytes(bytes)];
}
