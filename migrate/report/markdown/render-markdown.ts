import type { RunRecord } from "../../journal/run-record.js";
import { CONTROLS, evidenceSeen, STANDARDS } from "../controls.js";
import { remains } from "../remains.js";
import { runTitle } from "../run-state.js";
import type { Summary } from "../summary.js";
import type { ReportSource } from "../survey.js";
import { verdict } from "../verdict.js";
import { caveats } from "../verdict-detail.js";
import {
  bucketSection,
  escapeMarkdown,
  markdownTable,
  noncurrentSection,
  remainsSection,
  runSection,
  scopeSection,
  settingSection,
} from "./buckets.js";
import { breakdownSection, exceptionSection, totalSection } from "./objects.js";

/** report.md: a one-minute summary for an auditor, with the verdict first. */
export function renderMarkdown({ run, survey }: Omit<ReportSource, "readJournal">): string[] {
  const { summary } = survey;
  const { headline, detail } = verdict(summary, run);
  const sections = [
    `# ${runTitle(run)}`,
    `**${escapeMarkdown(headline)}.**`,
    escapeMarkdown(detail),
    ...remainsSection(remains(summary, run), caveats(summary, run)),
    ...totalSection(survey),
    ...exceptionSection(survey.exceptions),
    ...noncurrentSection(summary.total.noncurrent, survey.versionExceptions),
    ...breakdownSection(summary),
    ...bucketSection(run.buckets),
    ...scopeSection(summary),
    ...controlSection(summary, run),
    ...runSection(run),
    ...settingSection(run),
  ];
  return sections.filter((section) => section !== "").map((section) => `${section}\n\n`);
}

const HEAD = ["Requirement", "Asks that", "Not shown here", "Source"];

/** The observations next to the requirements. */
function controlSection(summary: Summary, run: RunRecord): string[] {
  const rows = CONTROLS.map(({ standard, id, title, asks, notShown, source }) => [
    `**${escapeMarkdown(`${STANDARDS[standard]} ${id}`)}** ${escapeMarkdown(title)}`,
    escapeMarkdown(asks),
    escapeMarkdown(notShown),
    `<${source}>`,
  ]);
  return [
    "## Controls",
    "What this run saw, next to requirements for encryption at rest. It is evidence, and does not claim that a standard is met.",
    evidenceSeen(summary, run)
      .map((words) => `- ${escapeMarkdown(words)}`)
      .join("\n"),
    markdownTable(HEAD, rows),
  ];
}
