import type { RunRecord } from "../../../run/run-record.js";
import { runFacts } from "../../run-facts.js";
import { runTitle } from "../../run-state.js";
import type { Totals } from "../../summary.js";
import { VERDICT_WORDS, type Verdict } from "../../verdict.js";
import { html, type Markup, markedText } from "../markup.js";
import { seal } from "../seal.js";

/** Who, where, when, and what came of it. */
export function masthead(run: RunRecord, total: Totals, { kind, headline, detail }: Verdict): Markup {
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
<dl class="facts">
${runFacts(run).map(([label, value]) => html`<div><dt>${label}</dt><dd>${markedText(value)}</dd></div>\n`)}</dl>
</header>
`;
}
