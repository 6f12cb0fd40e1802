import type { RunRecord } from "../../journal/run-record.js";
import { CONTROLS } from "../controls/controls.js";
import { evidenceSeen } from "../controls/evidence-seen.js";
import { STANDARDS } from "../controls/standards.js";
import type { Summary } from "../summary.js";
import { escapeMarkdown } from "./escape-markdown.js";
import { markdownTable } from "./markdown-table.js";

const HEAD = ["Requirement", "Asks that", "Not shown here", "Source"];

/** What was seen beside what is asked for. */
export function controlSection(summary: Summary, run: RunRecord): string[] {
  const rows = CONTROLS.map(({ standard, id, title, asks, notShown, source }) => [
    `**${escapeMarkdown(`${STANDARDS[standard]} ${id}`)}** ${escapeMarkdown(title)}`,
    escapeMarkdown(asks),
    escapeMarkdown(notShown),
    `<${source}>`,
  ]);
  return [
    "## Controls",
    "What this run saw, beside what asks for encryption at rest. It is evidence, and says of no standard that it is met.",
    evidenceSeen(summary, run)
      .map((words) => `- ${escapeMarkdown(words)}`)
      .join("\n"),
    markdownTable(HEAD, rows),
  ];
}
