import { formatBytes, formatCount } from "../../../model/text.js";
import { closingWords } from "../../closing-sum.js";
import { outcomeCount } from "../../counts.js";
import { OUTCOME_KINDS, OUTCOME_WORDS } from "../../outcome-words.js";
import type { Totals } from "../../summary.js";
import { html, type Markup } from "../markup.js";

/** The sum that has to close, written as a sum. */
export function totalSection(total: Totals): Markup {
  const equals = total.listed === outcomeCount(total) ? "=" : "\u2260";
  return html`<section id="totals">
<h2>${titleOf(total)}</h2>
<p class="lead">The left side was counted by the listing, the right side by the outcomes: two counts that have to agree.</p>
<ul class="sum">
${term("", total.listed, "listed", "")}${OUTCOME_KINDS.map((kind, index) =>
  term(
    index === 0 ? equals : "+",
    total.outcomes[kind].objects,
    OUTCOME_WORDS[kind],
    sizeOf(total.outcomes[kind].bytes),
  ),
)}</ul>
<p class="${total.closes ? "good" : "bad"}">${closingWords(total)}</p>
</section>
`;
}

function titleOf(total: Totals): string {
  if (total.closes) return "Every object listed is accounted for once";
  const isOfUnseen = total.notSeen !== undefined && total.listed === outcomeCount(total);
  return isOfUnseen ? "Every object seen is accounted for once, and not all were seen" : "The totals do not close";
}

function term(sign: string, count: number, words: string, size: string): Markup {
  const tone = count === 0 ? "zero" : "some";
  return html`<li class="${tone}"><i class="sign">${sign}</i><div><b>${formatCount(count)}</b><span>${words}</span><span>${size}</span></div></li>\n`;
}

function sizeOf(bytes: number): string {
  return bytes === 0 ? "" : formatBytes(bytes);
}
