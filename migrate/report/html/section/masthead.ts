import type { RunRecord } from "../../../journal/run-record.js";
import { runFacts } from "../../run-facts.js";
import { runTitle } from "../../run-state.js";
import type { Summary } from "../../summary.js";
import type { Verdict } from "../../verdict.js";
import { VERDICT_WORDS } from "../../verdict-kind.js";
import { html, type Markup, markedText } from "../markup.js";
import { seal } from "../seal.js";

/** What came of the run. */
export function masthead(run: RunRecord, { total }: Summary, { kind, headline, detail }: Verdict): Markup {
  return html`<header>
<p class="imprint"><strong>bucketseal</strong><span>${runTitle(run)}</span></p>
<div class="verdict ${kind}">
${seal(kind, total)}
<div>
<p class="verdict-word">${VERDICT_WORDS[kind]}</p>
<h1>${headline}</h1>
<p>${detail}</p>
</div>
</div>
</header>
`;
}

/** Who, where, when and with what. */
export function factSection(run: RunRecord): Markup {
  return html`<section id="run">
<h2>The run</h2>
<dl class="facts">
${runFacts(run).map(([label, value]) => html`<div><dt>${label}</dt><dd>${markedText(value)}</dd></div>\n`)}</dl>
</section>
`;
}
