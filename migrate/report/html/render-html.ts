import { createHash } from "node:crypto";
import type { RunRecord } from "../../journal/run-record.js";
import { remains } from "../remains.js";
import type { ReportSource, Survey } from "../survey.js";
import { verdict } from "../verdict.js";
import { caveats } from "../verdict-detail.js";
import { breakdownSection, noncurrentSection } from "./breakdowns.js";
import { bucketSection, remainsSection, scopeSection, settingSection } from "./buckets.js";
import { controlSection, evidenceSection, fileSection } from "./evidence.js";
import { exceptionSection } from "./exceptions.js";
import { html, type Markup, trustedMarkup } from "./markup.js";
import {
  contents,
  factSection,
  limitSection,
  masthead,
  reasonSection,
  stateSection,
  totalSection,
} from "./overview.js";
import { SCRIPT } from "./script.js";
import { STYLE } from "./style.js";

/** report.html: one self-contained file, in chunks. */
export function* renderHtml({ run, survey }: Omit<ReportSource, "readJournal">): Generator<string> {
  for (const { markup } of page(run, survey)) {
    yield markup;
  }
}

function* page(run: RunRecord, survey: Survey): Generator<Markup> {
  const { summary, exceptions, versionExceptions, guards } = survey;
  const { total } = summary;
  const judged = verdict(summary, run);
  yield pageStart(judged.headline);
  yield masthead(run, summary, judged);
  yield remainsSection(remains(summary, run));
  yield limitSection(caveats(summary, run));
  yield contents(survey);
  yield factSection(run);
  yield totalSection(total);
  yield stateSection(total);
  yield breakdownSection(summary);
  yield noncurrentSection(total.noncurrent, versionExceptions);
  yield reasonSection(total);
  yield evidenceSection(total, guards);
  yield bucketSection(run.buckets);
  yield scopeSection(summary);
  yield controlSection(summary, run);
  yield settingSection(run);
  yield fileSection();
  // Last, since it may fill many pages.
  yield* exceptionSection(exceptions, versionExceptions);
  yield pageEnd(run);
}

const POLICY = [
  "default-src 'none'",
  `style-src '${sourceHash(STYLE)}'`,
  `script-src '${sourceHash(SCRIPT)}'`,
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

function pageStart(headline: string): Markup {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trustedMarkup(POLICY)}">
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

function pageEnd({ tool }: RunRecord): Markup {
  return html`<footer>Made by ${tool.name} ${tool.version} only from run.json and the journal: the same run gives the same bytes. It shows what was seen, not that a standard is met.</footer>
</main>
<script>${trustedMarkup(SCRIPT)}</script>
</body>
</html>
`;
}

function sourceHash(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
