import { STATE_WORDS } from "../../model/encryption.js";
import { REASON_WORDS, type Reason } from "../../model/reason.js";
import { formatBytes, formatCount } from "../../model/text.js";
import { closingWords } from "../closing-sum.js";
import { EVIDENCE_NOW_WORDS, GUARD_WORDS } from "../finding-words.js";
import { OUTCOME_KINDS, OUTCOME_WORDS } from "../outcome-words.js";
import { seenStates } from "../state-order.js";
import type { Totals } from "../summary.js";
import type { Survey } from "../survey.js";
import type { Tally } from "../tally.js";
import { markdownTable } from "./markdown-table.js";

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
