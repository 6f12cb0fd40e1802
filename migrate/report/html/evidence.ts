import type { BaselineUse } from "../../journal/input-records.js";
import type { RunRecord } from "../../journal/run-record.js";
import type { RaceGuard } from "../../model/reason.js";
import { auditorSheet } from "../auditor-sheet.js";
import { CONTROLS, type Control, evidenceSeen, STANDARDS } from "../controls.js";
import { baselineRows } from "../group-rows.js";
import type { Language, Sentence } from "../language.js";
import { examinedCount, olderPlaintextCount, presentCount, unprovenCount } from "../not-seen.js";
import type { VerdictKind } from "../run-state.js";
import type { Summary, Totals } from "../summary.js";
import type { Survey } from "../survey.js";
import { EVIDENCE_NOW_WORDS, GUARD_WORDS } from "../words.js";
import { tallyTable } from "./chart.js";
import { html, type Markup, markedText, NOTHING } from "./markup.js";

type Source = keyof Totals["evidenceNow"];

/** The source of the current states, and the guards that protected other writers meanwhile. */
export function evidenceSection({ total, baseline }: Summary, guards: Survey["guards"], lang: Language): Markup {
  const { say } = lang;
  const { evidenceNow, outcomes } = total;
  const guarded =
    outcomes.migrated.objects === 0
      ? NOTHING
      : html`<div><h2>${say("Protection of other writers")}</h2>${tallyTable(say("Guard of the copy"), guards, (guard: RaceGuard) => say(GUARD_WORDS[guard]), lang)}</div>`;
  return html`<section class="pair">
<div><h2>${say("Evidence of the state now")}</h2>${tallyTable(say("Read from"), evidenceNow, (source: Source) => say(EVIDENCE_NOW_WORDS[source]), lang)}</div>
${guarded}
${baseline === undefined ? NOTHING : baselineTable(baseline, lang)}</section>
`;
}

function baselineTable(use: BaselineUse, lang: Language): Markup {
  const { say, count } = lang;
  const rows = baselineRows(use, lang).map(
    ([label, objects]) => html`<tr><th scope="row">${label}</th><td class="num">${count(objects)}</td></tr>\n`,
  );
  return html`<div><h2>${say("Use of the baseline")}</h2><div class="scroll"><table>
<thead><tr><th scope="col">${say("Object")}</th><th scope="col" class="num">${say("Objects")}</th></tr></thead>
<tbody>
${rows}</tbody>
</table></div></div>
`;
}

/**
 * The observations next to the requirements. Sources are plain text, because the page contains no external
 * links.
 */
export function controlSection(summary: Summary, run: RunRecord, lang: Language): Markup {
  const { say } = lang;
  const seen = evidenceSeen(summary, run, lang).map((words) => html`<li>${markedText(words)}</li>\n`);
  return html`<section id="controls">
<h2>${say("Controls")}</h2>
<p class="lead">${say("What this run saw, next to requirements for encryption at rest. It is evidence, and does not claim that a standard is met.")}</p>
<ul class="seen">
${seen}</ul>
<div class="scroll"><table class="cards controls">
<thead><tr><th scope="col">${say("Requirement")}</th><th scope="col">${say("Asks that")}</th><th scope="col">${say("Not shown here")}</th></tr></thead>
<tbody>
${CONTROLS.map((control) => row(control, lang))}</tbody>
</table></div>
</section>
`;
}

function row({ standard, id, title, asks, notShown, source }: Control, { say }: Language): Markup {
  return html`<tr><th scope="row"><b>${say(STANDARDS[standard])} ${id}</b><span class="sub">${say(title)}</span><span class="sub source">${source}</span></th><td data-label="${say("Asks that")}">${say(asks)}</td><td data-label="${say("Not shown here")}">${say(notShown)}</td></tr>\n`;
}

const FILES = [
  ["manifest.json", "the size and SHA-256 of every other file, and the root of the tree over the lines of the journal"],
  ["manifest.dsse.json", "the signature over the manifest, if it was signed"],
  ["run.json", "the options, the store, the user and the times of the run, and what it found about the buckets"],
  ["journal/", "one line per object version: the source of everything here"],
  ["summary.json", "the totals above, for programs"],
  ["report.csv", "every object version as a row, if CSV was requested"],
  ["report.md", "the summary as text, if Markdown was requested"],
  ["ocsf.ndjson", "OCSF Compliance Findings, if they were requested"],
  ["report.prom", "the totals for Prometheus, if they were requested"],
  ["junit.xml", "the gates of --fail-on as test cases, if JUnit was requested"],
  ["report.sarif", "the findings for code scanning, if SARIF was requested"],
  ["inventory.csv", "the present state in the form of an S3 Inventory, if it was requested"],
] as const satisfies readonly (readonly [path: string, what: Sentence])[];

/** The evidence files, and how to verify them without trusting this page. */
export function fileSection({ say }: Language): Markup {
  return html`<section id="files">
<h2>${say("The files of this run")}</h2>
<p class="lead">${say("These files are in the run folder, next to this page.")} <code>bucketseal verify RUN_DIR</code> ${say("checks that none was changed, adds the journal up again and compares.")}</p>
<div class="scroll"><table class="files">
<thead><tr><th scope="col">${say("File")}</th><th scope="col">${say("Holds")}</th></tr></thead>
<tbody>
${FILES.map(([path, what]) => html`<tr><td><a href="${path}"><code>${path}</code></a></td><td>${say(what)}</td></tr>\n`)}</tbody>
</table></div>
</section>
`;
}

/** To be filled in by hand, on a page of its own in print. */
export function sheetSection(summary: Summary, run: RunRecord, lang: Language): Markup {
  const sheet = auditorSheet(summary, run, lang);
  const blank = (label: string) => html`<div><dt>${label}</dt><dd class="blank"></dd></div>\n`;
  const lines = (words: readonly string[]) => words.map((line) => html`<li>${markedText(line)}</li>\n`);
  return html`<section id="sheet" class="sheet">
<h2>${sheet.title}</h2>
<p class="lead">${sheet.lead}</p>
<dl class="facts">
${sheet.blanks.map(blank)}</dl>
<h3>${sheet.scopeTitle}</h3>
<ul>
${lines(sheet.scope)}</ul>
<h3>${sheet.samplingTitle}</h3>
<ul>
${lines(sheet.sampling)}</ul>
<h3>${sheet.glossaryTitle}</h3>
<dl class="glossary">
${sheet.glossary.map(([term, meaning]) => html`<div><dt>${term}</dt><dd>${meaning}</dd></div>\n`)}</dl>
<h3>${sheet.signaturesTitle}</h3>
${sheet.signers.map((signer) => html`<h4>${signer}</h4>\n<dl class="facts">\n${sheet.signatureFields.map(blank)}</dl>\n`)}</section>
`;
}

const RADIUS = 38;
const CIRCUMFERENCE = 2 * Math.PI * RADIUS;

const GLYPHS: Readonly<Record<VerdictKind, string>> = {
  sealed: "M29 45 L40 56 L60 33",
  "unencrypted-remain": "M44 27 V49 M44 60 V60.5",
  differs: "M30 38 H58 M30 50 H58 M52 30 L36 58",
  "no-default": "M44 27 V52 M34 43 L44 53 L54 43",
  "not-seen": "M22 44 Q44 22 66 44 Q44 66 22 44 M30 62 L60 26",
  unproven: "M35 36 Q35 27 44 27 Q53 27 53 36 Q53 42 44 46 V50 M44 61 V61.5",
  incomplete: "M30 44 H30.5 M44 44 H44.5 M58 44 H58.5",
  "nothing-examined": "M32 44 H56",
};

/**
 * A ring with a symbol of the verdict. It is closed in proportion to the objects proven encrypted; if it is red, in
 * proportion to what was seen in plaintext.
 */
export function seal(kind: VerdictKind, total: Totals): Markup {
  const share = kind === "unencrypted-remain" ? plaintextShare(total) : provenShare(total);
  // A dashed ring: the full extent of an unfinished run is unknown.
  const dashes = kind === "incomplete" ? "6 8" : `${(share * CIRCUMFERENCE).toFixed(2)} ${CIRCUMFERENCE.toFixed(2)}`;
  return html`<svg class="seal" viewBox="0 0 88 88" aria-hidden="true" focusable="false">
<circle class="track" cx="44" cy="44" r="${RADIUS}" stroke-width="5"/>
<circle class="arc" cx="44" cy="44" r="${RADIUS}" stroke-width="5" stroke-dasharray="${dashes}" transform="rotate(-90 44 44)"/>
<path class="glyph" d="${GLYPHS[kind]}" stroke-width="5"/>
</svg>`;
}

function provenShare(total: Totals): number {
  const present = presentCount(total);
  const proven = present - total.statesNow.none.objects - unprovenCount(total);
  return present === 0 ? 0 : Math.max(0, proven) / present;
}

/** One object in a million would draw no arc that anybody sees. */
const LEAST_SHARE = 0.02;

function plaintextShare(total: Totals): number {
  const plaintext = total.statesNow.none.objects + olderPlaintextCount(total);
  const share = plaintext / Math.max(1, examinedCount(total));
  return Math.min(1, Math.max(LEAST_SHARE, share));
}
