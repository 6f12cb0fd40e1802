import type { OutcomeRecord } from "../../journal/record.js";
import { STATE_WORDS } from "../../model/encryption.js";
import { REASON_WORDS, type Reason } from "../../model/reason.js";
import { formatBytes, formatCount } from "../../model/text.js";
import type { Exceptions } from "../exceptions.js";
import { type GroupRow, groupRows, othersWords, seenStates } from "../group-rows.js";
import type { Breakdowns, Group, Groups } from "../groups.js";
import type { Totals } from "../summary.js";
import type { Survey } from "../survey.js";
import { ABSENT_WORDS, OUTCOME_KINDS, OUTCOME_WORDS, type Tally } from "../tally.js";
import { reasonOf } from "../totals.js";
import { closingWords } from "../verdict-kind.js";
import { EVIDENCE_NOW_WORDS, GUARD_WORDS } from "../words.js";
import { escapeMarkdown, markdownTable } from "./buckets.js";

const FIGURES = ["Objects", "Size"] as const;

export function totalSection({ summary, guards }: Survey): string[] {
  const { total } = summary;
  return [
    "## Totals",
    markdownTable(["Outcome", ...FIGURES], outcomeRows(total), FIGURES),
    closingWords(total),
    "## Encryption before and now",
    stateTable(total),
    "## Reasons",
    tallyTable("Reason", total.reasons, (reason: Reason) => REASON_WORDS[reason]),
    "## Evidence of what is there now",
    tallyTable("Read from", total.evidenceNow, (evidence) => EVIDENCE_NOW_WORDS[evidence]),
    ...(total.outcomes.migrated.objects === 0
      ? []
      : ["## Protection of other writers", tallyTable("Guard", guards, (guard) => GUARD_WORDS[guard])]),
  ];
}

function outcomeRows({ outcomes, listed }: Totals): string[][] {
  const rows = OUTCOME_KINDS.map((kind) => [OUTCOME_WORDS[kind], ...figures(outcomes[kind])]);
  return [["**listed**", `**${formatCount(listed)}**`, ""], ...rows];
}

function stateTable(total: Totals): string {
  const head = ["State", "Objects before", "Size before", "Objects now", "Size now"];
  const rows = seenStates(total).map((state) => [
    STATE_WORDS[state],
    ...figures(total.statesBefore[state]),
    ...figures(total.statesNow[state]),
  ]);
  return markdownTable(head, rows, head.slice(1));
}

function tallyTable<K extends string>(title: string, table: Partial<Record<K, Tally>>, words: (key: K) => string) {
  const entries = (Object.entries(table) as [K, Tally][]).filter(([, tally]) => tally.objects > 0);
  return entries.length === 0
    ? "None."
    : markdownTable(
        [title, ...FIGURES],
        entries.map(([key, tally]) => [words(key), ...figures(tally)]),
        FIGURES,
      );
}

function figures({ objects, bytes }: Tally): string[] {
  return [formatCount(objects), formatBytes(bytes)];
}

const SHOWN_GROUPS = 50;
const BREAKDOWN_FIGURES = ["Objects", "Size", "Unencrypted before", "Unencrypted now", "Unencrypted size now"];

/** The totals by prefix, storage class and size. */
export function breakdownSection({ prefixes, storageClasses, sizes }: Breakdowns): string[] {
  return [
    "## By prefix",
    ...table("Prefix", prefixes, ({ bucket, prefix }) => `s3://${bucket}/${prefix}`),
    "## By storage class",
    ...table("Class", storageClasses, ({ storageClass }) => storageClass),
    "## By size",
    ...table("Size of the object", sizes, ({ size }) => size),
  ];
}

function table<N>(title: string, groups: Groups<N>, nameOf: (group: N & Group) => string): string[] {
  const { rows, left } = groupRows(groups, nameOf, SHOWN_GROUPS);
  if (rows.length === 0) return ["None."];
  const more = othersWords(left);
  return [
    markdownTable([title, ...BREAKDOWN_FIGURES], rows.map(row), BREAKDOWN_FIGURES),
    ...(more === null ? [] : [more]),
  ];
}

function row({ name, objects, before, now }: GroupRow): string[] {
  return [
    escapeMarkdown(name),
    formatCount(objects.objects),
    formatBytes(objects.bytes),
    formatCount(before.objects),
    formatCount(now.objects),
    formatBytes(now.bytes),
  ];
}

const SHOWN_EXCEPTIONS = 100;
const HEAD = ["Outcome", "Object", "Size", "Encryption now", "Why"];

export function exceptionSection({ total, first }: Exceptions): string[] {
  if (total === 0) {
    return [
      "## Exceptions",
      "None: every object listed was encrypted already or was encrypted without anything to note.",
    ];
  }
  const shown = first.slice(0, SHOWN_EXCEPTIONS);
  const count =
    shown.length === total
      ? `${formatCount(total)} in all, the worst first.`
      : `The first ${formatCount(shown.length)} of ${formatCount(total)}, the worst first; report.csv has every object.`;
  return ["## Exceptions", count, markdownTable(HEAD, shown.map(exceptionRow), ["Size"])];
}

function exceptionRow(record: OutcomeRecord): string[] {
  const now = record.after ?? record.before;
  const version = record.before.versionId === null ? "" : ` (version ${record.before.versionId})`;
  const detail = record.outcome.kind === "failed" ? record.outcome.detail : "";
  const why = [REASON_WORDS[reasonOf(record)], detail, ...record.notes].filter((part) => part !== "");
  return [
    OUTCOME_WORDS[record.outcome.kind],
    escapeMarkdown(`s3://${record.bucket}/${record.key}${version}`),
    formatBytes(now.sizeBytes),
    ABSENT_WORDS[record.outcome.kind] ?? STATE_WORDS[now.state],
    why.map(escapeMarkdown).join("; "),
  ];
}
