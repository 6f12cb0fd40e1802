import type { RunRecord } from "../../../journal/run-record.js";
import type { Exceptions } from "../../exceptions.js";
import { countOf } from "../../figures.js";
import { runFacts } from "../../run-facts.js";
import { runTitle } from "../../run-state.js";
import type { Survey } from "../../survey.js";
import type { Verdict } from "../../verdict.js";
import { VERDICT_WORDS } from "../../verdict-kind.js";
import { html, type Markup, markedText, NOTHING } from "../markup.js";
import { seal } from "../seal.js";

/** Who, where, when, and what came of it. */
export function masthead(run: RunRecord, { summary, exceptions }: Survey, { kind, headline, detail }: Verdict): Markup {
  return html`<header>
<p class="imprint"><strong>bucketseal</strong><span>${runTitle(run)}</span></p>
<div class="verdict ${kind}">
${seal(kind, summary.total)}
<div>
<p class="verdict-word">${VERDICT_WORDS[kind]}</p>
<h1>${headline}</h1>
<p>${detail}</p>
${jump(exceptions)}
</div>
</div>
<dl class="facts">
${runFacts(run).map(([label, value]) => html`<div><dt>${label}</dt><dd>${markedText(value)}</dd></div>\n`)}</dl>
</header>
`;
}

function jump({ total }: Exceptions): Markup {
  return total === 0
    ? NOTHING
    : html`<p class="jump"><a href="#exceptions">${countOf(total, "object")} to look at one by one</a></p>`;
}
