import type { RunRecord } from "../../journal/run-record.js";
import { auditorSheet } from "../auditor-sheet.js";
import { CONTROLS, evidenceSeen, STANDARDS } from "../controls.js";
import { LANGUAGES, type Language, withoutMarks } from "../language.js";
import { remains } from "../remains.js";
import { runTitle } from "../run-state.js";
import type { Summary } from "../summary.js";
import type { ReportSource, Survey } from "../survey.js";
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
import { breakdownSection, exceptionSection, planSection, totalSection } from "./objects.js";

/** report.md: a one-minute summary for an auditor, with the verdict first. */
export function renderMarkdown({ run, survey, lang: code = "en" }: Omit<ReportSource, "readJournal">): string[] {
  const lang = LANGUAGES[code];
  const shown = code === "en" ? { run, survey } : withoutMarks({ run, survey });
  return sectionsOf(shown.run, shown.survey, lang)
    .filter((section) => section !== "")
    .map((section) => lang.finish(`${section}\n\n`));
}

function sectionsOf(run: RunRecord, survey: Survey, lang: Language): string[] {
  const { summary } = survey;
  const { headline, detail } = verdict(summary, run, lang);
  return [
    `# ${runTitle(run, lang)}`,
    `**${escapeMarkdown(headline)}.**`,
    escapeMarkdown(detail),
    ...remainsSection(remains(summary, run, lang), caveats(summary, run, lang), lang),
    ...planSection(summary, run, lang),
    ...totalSection(survey, lang),
    ...exceptionSection(survey.exceptions, lang),
    ...noncurrentSection(summary.total.noncurrent, survey.versionExceptions, lang),
    ...breakdownSection(summary, lang),
    ...bucketSection(run.buckets, lang),
    ...scopeSection(summary, lang),
    ...controlSection(summary, run, lang),
    ...runSection(run, lang),
    ...settingSection(run, lang),
    ...sheetSection(summary, run, lang),
  ];
}

/** The observations next to the requirements. */
function controlSection(summary: Summary, run: RunRecord, lang: Language): string[] {
  const { say } = lang;
  const rows = CONTROLS.map(({ standard, id, title, asks, notShown, source }) => [
    `**${escapeMarkdown(`${say(STANDARDS[standard])} ${id}`)}** ${escapeMarkdown(say(title))}`,
    escapeMarkdown(say(asks)),
    escapeMarkdown(say(notShown)),
    `<${source}>`,
  ]);
  return [
    `## ${say("Controls")}`,
    say(
      "What this run saw, next to requirements for encryption at rest. It is evidence, and does not claim that a standard is met.",
    ),
    evidenceSeen(summary, run, lang)
      .map((words) => `- ${escapeMarkdown(words)}`)
      .join("\n"),
    markdownTable([say("Requirement"), say("Asks that"), say("Not shown here"), say("Source")], rows),
  ];
}

/** To be filled in by hand. */
function sheetSection(summary: Summary, run: RunRecord, lang: Language): string[] {
  const sheet = auditorSheet(summary, run, lang);
  const list = (words: readonly string[]) => words.map((line) => `- ${escapeMarkdown(line)}`).join("\n");
  const cells = (words: readonly string[]) => words.map(escapeMarkdown);
  const blanks = (labels: readonly string[]) => labels.map(() => "");
  return [
    `## ${escapeMarkdown(sheet.title)}`,
    escapeMarkdown(sheet.lead),
    markdownTable(cells(sheet.blanks), [blanks(sheet.blanks)]),
    `### ${sheet.scopeTitle}`,
    list(sheet.scope),
    `### ${sheet.samplingTitle}`,
    list(sheet.sampling),
    `### ${sheet.glossaryTitle}`,
    sheet.glossary.map(([term, meaning]) => `- **${escapeMarkdown(term)}**: ${escapeMarkdown(meaning)}`).join("\n"),
    `### ${sheet.signaturesTitle}`,
    markdownTable(
      ["", ...cells(sheet.signatureFields)],
      sheet.signers.map((signer) => [escapeMarkdown(signer), ...blanks(sheet.signatureFields)]),
    ),
  ];
}
