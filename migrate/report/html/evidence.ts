import type { RunRecord } from "../../journal/run-record.js";
import type { RaceGuard } from "../../model/strategy.js";
import { CONTROLS, type Control, evidenceSeen, STANDARDS } from "../controls.js";
import { presentCount, unprovenCount } from "../not-seen.js";
import type { Summary, Totals } from "../summary.js";
import type { Survey } from "../survey.js";
import type { VerdictKind } from "../verdict-kind.js";
import { EVIDENCE_NOW_WORDS, GUARD_WORDS } from "../words.js";
import { tallyTable } from "./chart.js";
import { html, type Markup, markedText, NOTHING } from "./markup.js";

type Source = keyof Totals["evidenceNow"];

/** The source of the current states, and the guards that protected other writers meanwhile. */
export function evidenceSection({ evidenceNow, outcomes }: Totals, guards: Survey["guards"]): Markup {
  const guarded =
    outcomes.migrated.objects === 0
      ? NOTHING
      : html`<div><h2>Protection of other writers</h2>${tallyTable("Guard of the copy", guards, (guard: RaceGuard) => GUARD_WORDS[guard])}</div>`;
  return html`<section class="pair">
<div><h2>Evidence of the state now</h2>${tallyTable("Read from", evidenceNow, (source: Source) => EVIDENCE_NOW_WORDS[source])}</div>
${guarded}
</section>
`;
}

/**
 * The observations next to the requirements. Sources are plain text, because the page contains no external
 * links.
 */
export function controlSection(summary: Summary, run: RunRecord): Markup {
  const seen = evidenceSeen(summary, run).map((words) => html`<li>${markedText(words)}</li>\n`);
  return html`<section id="controls">
<h2>Controls</h2>
<p class="lead">What this run saw, next to requirements for encryption at rest. It is evidence, and does not claim that a standard is met.</p>
<ul class="seen">
${seen}</ul>
<div class="scroll"><table class="cards controls">
<thead><tr><th scope="col">Requirement</th><th scope="col">Asks that</th><th scope="col">Not shown here</th></tr></thead>
<tbody>
${CONTROLS.map(row)}</tbody>
</table></div>
</section>
`;
}

function row({ standard, id, title, asks, notShown, source }: Control): Markup {
  return html`<tr><th scope="row"><b>${STANDARDS[standard]} ${id}</b><span class="sub">${title}</span><span class="sub source">${source}</span></th><td data-label="Asks that">${asks}</td><td data-label="Not shown here">${notShown}</td></tr>\n`;
}

const FILES: readonly (readonly [path: string, what: string])[] = [
  ["manifest.json", "the size and SHA-256 of every other file, and the root of the tree over the lines of the journal"],
  ["manifest.dsse.json", "the signature over the manifest, if it was signed"],
  ["run.json", "the options, the store, the user and the times of the run, and what it found about the buckets"],
  ["journal/", "one line per object version: the source of everything here"],
  ["summary.json", "the totals above, for programs"],
  ["report.csv", "every object version as a row, if CSV was requested"],
  ["report.md", "the summary as text, if Markdown was requested"],
  ["ocsf.ndjson", "OCSF Compliance Findings, if they were requested"],
  ["report.prom", "the totals for Prometheus, if they were requested"],
  ["inventory.csv", "the present state in the form of an S3 Inventory, if it was requested"],
];

/** The evidence files, and how to verify them without trusting this page. */
export function fileSection(): Markup {
  return html`<section id="files">
<h2>The files of this run</h2>
<p class="lead">These files are in the run folder, next to this page. <code>bucketseal verify RUN_DIR</code> checks that none was changed, adds the journal up again and compares.</p>
<div class="scroll"><table class="files">
<thead><tr><th scope="col">File</th><th scope="col">Holds</th></tr></thead>
<tbody>
${FILES.map(([path, what]) => html`<tr><td><a href="${path}"><code>${path}</code></a></td><td>${what}</td></tr>\n`)}</tbody>
</table></div>
</section>
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

/** A ring that is closed in proportion to the objects proven encrypted, with a symbol of the verdict. */
export function seal(kind: VerdictKind, total: Totals): Markup {
  // A dashed ring: the full extent of an unfinished run is unknown.
  const dashes =
    kind === "incomplete" ? "6 8" : `${(share(total) * CIRCUMFERENCE).toFixed(2)} ${CIRCUMFERENCE.toFixed(2)}`;
  return html`<svg class="seal" viewBox="0 0 88 88" aria-hidden="true" focusable="false">
<circle class="track" cx="44" cy="44" r="${RADIUS}" stroke-width="5"/>
<circle class="arc" cx="44" cy="44" r="${RADIUS}" stroke-width="5" stroke-dasharray="${dashes}" transform="rotate(-90 44 44)"/>
<path class="glyph" d="${GLYPHS[kind]}" stroke-width="5"/>
</svg>`;
}

function share(total: Totals): number {
  const present = presentCount(total);
  const proven = present - total.statesNow.none.objects - unprovenCount(total);
  return present === 0 ? 0 : Math.max(0, proven) / present;
}
