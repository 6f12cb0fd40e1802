import { formatBytes, formatCount } from "../../../model/text.js";
import { outcomeCount } from "../../counts.js";
import { UNSEEN_WORDS } from "../../not-seen.js";
import type { ScopeTotals, Summary } from "../../summary.js";
import { sumOf } from "../../tally.js";
import { html, type Markup, markedText } from "../markup.js";

export function scopeSection({ scopes }: Summary): Markup {
  return html`<section>
<h2>Scope</h2>
<div class="scroll"><table class="cards">
<thead><tr><th scope="col">Bucket and prefix</th><th scope="col" class="num">Listed</th><th scope="col" class="num">With an outcome</th><th scope="col" class="num">Left out by filters</th><th scope="col" class="num">Size</th><th scope="col" class="num">Unencrypted now</th><th scope="col">Sum</th></tr></thead>
<tbody>
${scopes.map(scopeRow)}</tbody>
</table></div>
</section>
`;
}

function scopeRow(scope: ScopeTotals): Markup {
  const [tone, words] = sumWords(scope);
  const closes = html`<td class="${tone}" data-label="Sum">${words}</td>`;
  const none = scope.statesNow.none.objects;
  return html`<tr><th scope="row"><span class="key">${markedText(`s3://${scope.bucket}/${scope.prefix}`)}</span></th><td class="num" data-label="Listed">${formatCount(scope.listed)}</td><td class="num" data-label="With an outcome">${formatCount(outcomeCount(scope))}</td><td class="num" data-label="Left out by filters">${formatCount(scope.filteredOut)}</td><td class="num" data-label="Size">${formatBytes(sumOf(Object.values(scope.outcomes)).bytes)}</td><td class="num ${none === 0 ? "" : "bad"}" data-label="Unencrypted now">${formatCount(none)}</td>${closes}</tr>\n`;
}

function sumWords({ closes, unseen }: ScopeTotals): readonly ["good" | "bad", string] {
  if (unseen !== undefined) return ["bad", `not seen: ${UNSEEN_WORDS[unseen.because]}`];
  return closes ? ["good", "closes"] : ["bad", "does not close"];
}
