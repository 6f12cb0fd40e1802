import { createHash } from "node:crypto";
import type { RunRecord } from "../../journal/run-record.js";
import { LANGUAGES, type Language, withoutMarks } from "../language.js";
import { remains } from "../remains.js";
import type { ReportSource, Survey } from "../survey.js";
import { verdict } from "../verdict.js";
import { caveats } from "../verdict-detail.js";
import { breakdownSection, noncurrentSection } from "./breakdowns.js";
import { bucketSection, remainsSection, scopeSection, settingSection } from "./buckets.js";
import { controlSection, evidenceSection, fileSection, sheetSection } from "./evidence.js";
import { exceptionSection } from "./exceptions.js";
import { html, type Markup, trustedMarkup } from "./markup.js";
import {
  contents,
  factSection,
  limitSection,
  masthead,
  planSection,
  reasonSection,
  stateSection,
  totalSection,
} from "./overview.js";
import { scriptOf } from "./script.js";
import { STYLE } from "./style.js";

/** report.html: one self-contained file, in chunks. */
export function* renderHtml({ run, survey, lang: code = "en" }: Omit<ReportSource, "readJournal">): Generator<string> {
  const lang = LANGUAGES[code];
  const shown = code === "en" ? { run, survey } : withoutMarks({ run, survey });
  for (const { markup } of page(shown.run, shown.survey, lang)) {
    yield lang.finish(markup);
  }
}

function* page(run: RunRecord, survey: Survey, lang: Language): Generator<Markup> {
  const { summary, exceptions, versionExceptions, guards } = survey;
  const { total } = summary;
  const judged = verdict(summary, run, lang);
  const script = lang.finish(scriptOf(lang));
  yield pageStart(judged.headline, script, lang);
  yield masthead(run, summary, judged, lang);
  yield remainsSection(remains(summary, run, lang), lang);
  yield limitSection(caveats(summary, run, lang), lang);
  yield contents(survey, lang);
  yield factSection(run, lang);
  yield planSection(summary, run, lang);
  yield totalSection(total, lang);
  yield stateSection(total, lang);
  yield breakdownSection(summary, lang);
  yield noncurrentSection(total.noncurrent, versionExceptions, lang);
  yield reasonSection(total, lang);
  yield evidenceSection(summary, guards, lang);
  yield bucketSection(run.buckets, lang);
  yield scopeSection(summary, lang);
  yield controlSection(summary, run, lang);
  yield settingSection(run, lang);
  yield fileSection(lang);
  // Near the end, since it may fill many pages.
  yield* exceptionSection(exceptions, versionExceptions, lang);
  yield sheetSection(summary, run, lang);
  yield pageEnd(run, script, lang);
}

function policyOf(script: string): string {
  return [
    "default-src 'none'",
    `style-src '${sourceHash(STYLE)}'`,
    `script-src '${sourceHash(script)}'`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}

function pageStart(headline: string, script: string, { code }: Language): Markup {
  return html`<!doctype html>
<html lang="${code}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trustedMarkup(policyOf(script))}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>${headline} - bucketseal</title>
<style>${trustedMarkup(STYLE)}</style>
</head>
<body>
<main>
`;
}

function pageEnd({ tool }: RunRecord, script: string, { say }: Language): Markup {
  return html`<footer>${say("Made by {name} {version} only from run.json and the journal: the same run gives the same bytes. It shows what was seen, not that a standard is met.", { name: tool.name, version: tool.version })}</footer>
</main>
<script>${trustedMarkup(script)}</script>
</body>
</html>
`;
}

function sourceHash(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
