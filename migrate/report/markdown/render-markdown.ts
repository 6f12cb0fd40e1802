import { caveats } from "../caveats.js";
import { remains } from "../remains/remains.js";
import type { ReportSource } from "../report-source.js";
import { runTitle } from "../run-state.js";
import { verdict } from "../verdict.js";
import { breakdownSection } from "./breakdown-section.js";
import { bucketSection } from "./bucket-section.js";
import { controlSection } from "./control-section.js";
import { escapeMarkdown } from "./escape-markdown.js";
import { exceptionSection } from "./exception-section.js";
import { noncurrentSection } from "./noncurrent-section.js";
import { remainsSection } from "./remains-section.js";
import { runSection, scopeSection, settingSection } from "./run-section.js";
import { totalSection } from "./total-section.js";

/** report.md: what an auditor reads in a minute, the verdict first. */
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
