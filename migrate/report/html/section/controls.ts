import type { RunRecord } from "../../../journal/run-record.js";
import type { Control } from "../../controls/control.js";
import { CONTROLS } from "../../controls/controls.js";
import { evidenceSeen } from "../../controls/evidence-seen.js";
import { STANDARDS } from "../../controls/standards.js";
import type { Summary } from "../../summary.js";
import { html, type Markup, markedText } from "../markup.js";

/** What was seen beside what is asked for. Sources are text: the page links to nothing outside. */
export function controlSection(summary: Summary, run: RunRecord): Markup {
  const seen = evidenceSeen(summary, run).map((words) => html`<li>${markedText(words)}</li>\n`);
  return html`<section id="controls">
<h2>Controls</h2>
<p class="lead">What this run saw, beside what asks for encryption at rest. It is evidence, and says of no standard that it is met.</p>
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
