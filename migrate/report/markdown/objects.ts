import type { BaselineUse } from "../../journal/input-records.js";
import type { OutcomeRecord } from "../../journal/record.js";
import type { RunRecord } from "../../journal/run-record.js";
import { STATE_WORDS } from "../../model/encryption.js";
import { REASON_WORDS, type Reason } from "../../model/reason.js";
import type { Exceptions } from "../exceptions.js";
import { baselineRows, type GroupRow, type GroupRows, groupRows, othersWords, seenStates } from "../group-rows.js";
import type { Breakdowns } from "../groups.js";
import type { Language } from "../language.js";
import { closingWords } from "../not-seen.js";
import { planFacts, planLimits, planOutcome, planRows } from "../plan-words.js";
import type { Summary, Totals } from "../summary.js";
import type { Survey } from "../survey.js";
import { ABSENT_WORDS, OUTCOME_KINDS, OUTCOME_WORDS, reasonOf, type Tally } from "../tally.js";
import { EVIDENCE_NOW_WORDS, GUARD_WORDS } from "../words.js";
import { escapeMarkdown, factTable, markdownTable } from "./buckets.js";

const figureHead = ({ say }: Language) => [say("Objects"), say("Size")];

export function totalSection({ summary, guards }: Survey, lang: Language): string[] {
  const { say } = lang;
  const { total, baseline } = summary;
  const figures = figureHead(lang);
  return [
    `## ${say("Totals")}`,
    markdownTable([say("Outcome"), ...figures], outcomeRows(total, lang), figures),
    closingWords(total, lang),
    `## ${say("Encryption before and now")}`,
    stateTable(total, lang),
    `## ${say("Reasons")}`,
    tallyTable(say("Reason"), total.reasons, (reason: Reason) => say(REASON_WORDS[reason]), lang),
    `## ${say("Evidence of what is there now")}`,
    tallyTable(say("Read from"), total.evidenceNow, (evidence) => say(EVIDENCE_NOW_WORDS[evidence]), lang),
    ...(baseline === undefined ? [] : [`## ${say("Use of the baseline")}`, baselineTable(baseline, lang)]),
    ...(total.outcomes.migrated.objects === 0
      ? []
      : [
          `## ${say("Protection of other writers")}`,
          tallyTable(say("Guard"), guards, (guard) => say(GUARD_WORDS[guard]), lang),
        ]),
  ];
}

function baselineTable(use: BaselineUse, lang: Language): string {
  const { say, count } = lang;
  const rows = baselineRows(use, lang).map(([label, objects]) => [label, count(objects)]);
  return markdownTable([say("Object"), say("Objects")], rows, [say("Objects")]);
}

function outcomeRows({ outcomes, listed }: Totals, lang: Language): string[][] {
  const { say, count } = lang;
  const rows = OUTCOME_KINDS.map((kind) => [say(`${OUTCOME_WORDS[kind]}{#many}`), ...figures(outcomes[kind], lang)]);
  return [[`**${say("listed")}**`, `**${count(listed)}**`, ""], ...rows];
}

function stateTable(total: Totals, lang: Language): string {
  const { say } = lang;
  const columns = [say("Objects before"), say("Size before"), say("Objects now"), say("Size now")];
  const rows = seenStates(total).map((state) => [
    say(STATE_WORDS[state]),
    ...figures(total.statesBefore[state], lang),
    ...figures(total.statesNow[state], lang),
  ]);
  return markdownTable([say("State"), ...columns], rows, columns);
}

function tallyTable<K extends string>(
  title: string,
  table: Partial<Record<K, Tally>>,
  words: (key: K) => string,
  lang: Language,
) {
  const entries = (Object.entries(table) as [K, Tally][]).filter(([, tally]) => tally.objects > 0);
  const head = figureHead(lang);
  return entries.length === 0
    ? lang.say("None.")
    : markdownTable(
        [title, ...head],
        entries.map(([key, tally]) => [words(key), ...figures(tally, lang)]),
        head,
      );
}

function figures({ objects, bytes }: Tally, lang: Language): string[] {
  return [lang.count(objects), lang.bytes(bytes)];
}

const SHOWN_GROUPS = 50;

/** The totals by prefix, storage class and size. */
export function breakdownSection({ prefixes, storageClasses, sizes }: Breakdowns, lang: Language): string[] {
  const { say } = lang;
  return [
    `## ${say("By prefix")}`,
    ...table(
      say("Prefix"),
      groupRows(prefixes, ({ bucket, prefix }) => `s3://${bucket}/${prefix}`, SHOWN_GROUPS),
      lang,
    ),
    `## ${say("By storage class")}`,
    ...table(
      say("Class"),
      groupRows(storageClasses, ({ storageClass }) => storageClass, SHOWN_GROUPS),
      lang,
    ),
    `## ${say("By size")}`,
    ...table(
      say("Size of the object"),
      groupRows(sizes, ({ size }) => say(size), SHOWN_GROUPS),
      lang,
    ),
  ];
}

function table(title: string, { rows, left }: GroupRows, lang: Language): string[] {
  const { say } = lang;
  if (rows.length === 0) return [say("None.")];
  const more = othersWords(left, lang);
  const head = [...figureHead(lang), say("Unencrypted before"), say("Unencrypted now"), say("Unencrypted size now")];
  return [
    markdownTable(
      [title, ...head],
      rows.map((each) => row(each, lang)),
      head,
    ),
    ...(more === null ? [] : [more]),
  ];
}

function row({ name, objects, before, now }: GroupRow, { count, bytes }: Language): string[] {
  return [
    escapeMarkdown(name),
    count(objects.objects),
    bytes(objects.bytes),
    count(before.objects),
    count(now.objects),
    bytes(now.bytes),
  ];
}

const SHOWN_EXCEPTIONS = 100;

export function exceptionSection({ total: n, first }: Exceptions, lang: Language): string[] {
  const { say } = lang;
  const title = `## ${say("Exceptions")}`;
  if (n === 0) return [title, say("None: no object that was examined needs a closer look.")];
  const shown = first.slice(0, SHOWN_EXCEPTIONS);
  const count =
    shown.length === n
      ? say("{n} in all, the worst first.", { n })
      : say("The first {first} of {n}, the worst first; report.csv has every object.", { first: shown.length, n });
  const head = [say("Outcome"), say("Object"), say("Size"), say("Encryption now"), say("Why")];
  const rows = shown.map((record) => exceptionRow(record, lang));
  return [title, count, markdownTable(head, rows, [say("Size")])];
}

function exceptionRow(record: OutcomeRecord, { say, bytes }: Language): string[] {
  const now = record.after ?? record.before;
  const version = record.before.versionId === null ? "" : ` (version ${record.before.versionId})`;
  const detail = record.outcome.kind === "failed" ? record.outcome.detail : "";
  const why = [say(REASON_WORDS[reasonOf(record)]), detail, ...record.notes].filter((part) => part !== "");
  return [
    say(OUTCOME_WORDS[record.outcome.kind]),
    escapeMarkdown(`s3://${record.bucket}/${record.key}${version}`),
    bytes(now.sizeBytes),
    say(ABSENT_WORDS[record.outcome.kind] ?? STATE_WORDS[now.state]),
    why.map(escapeMarkdown).join("; "),
  ];
}

/** The estimate, next to what a migration then came to. */
export function planSection({ plan, total }: Summary, run: RunRecord, lang: Language): string[] {
  if (plan === undefined) return [];
  const { say, count } = lang;
  const figures = [say("Objects"), say("Size")];
  const rows = planRows(plan, lang).map(({ what, guard, objects, bytes }) => [
    escapeMarkdown(what),
    escapeMarkdown(guard),
    count(objects),
    lang.bytes(bytes),
  ]);
  return [
    `## ${say("Plan")}`,
    say("An estimate of what a migration does, needs and costs."),
    markdownTable([say("Way"), say("Guard"), ...figures], rows, figures),
    factTable([say("What"), say("Estimate")], planFacts(plan, lang)),
    planLimits(plan, lang)
      .map((words) => `- ${escapeMarkdown(words)}`)
      .join("\n"),
    ...(run.dryRun ? [] : [escapeMarkdown(planOutcome(plan, total.outcomes.migrated, run, lang))]),
  ];
}
