import type { OutcomeRecord } from "../../journal/record.js";
import { STATE_WORDS } from "../../model/encryption.js";
import { REASON_WORDS } from "../../model/reason.js";
import { formatBytes, formatCount } from "../../model/text.js";
import type { Exceptions } from "../exceptions.js";
import { ABSENT_WORDS, OUTCOME_WORDS } from "../outcome-words.js";
import { reasonOf } from "../totals.js";
import { escapeMarkdown } from "./escape-markdown.js";
import { markdownTable } from "./markdown-table.js";

const SHOWN = 100;
const HEAD = ["Outcome", "Object", "Size", "Encryption now", "Why"];

export function exceptionSection({ total, first }: Exceptions): string[] {
  if (total === 0) {
    return [
      "## Exceptions",
      "None: every object listed was encrypted already or was encrypted without anything to note.",
    ];
  }
  const shown = first.slice(0, SHOWN);
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
