import { outcomeCount } from "../../counts.js";
import { formatBytes, formatCount } from "../../figures.js";
import type { ScopeTotals, Summary } from "../../summary.js";
import { sumOf } from "../../tally.js";
import { html, type Markup, markedText } from "../markup.js";

export function scopeSection({ scopes }: Summary): Markup {
  return html`<section>
<h2>Scope</h2>
<div class="scroll"><table>
<thead><tr><th scope="col">Bucket and prefix</th><th scope="col" class="num">Listed</th><th scope="col" class="num">With an outcome</th><th scope="col" class="num">Left out by filters</th><th scope="col" class="num">Size</th><th scope="col" class="num">Unencrypted now</th><th scope="col">Sum</th></tr></thead>
<tbody>
${scopes.map(scopeRow)}</tbody>
</table></div>
</section>
`;
}

function scopeRow(scope: ScopeTotals): Markup {
  const closes = scope.closes ? html`<td class="good">closes</td>` : html`<td class="bad">does not close</td>`;
  const none = scope.statesNow.none.objects;
  return html`<tr><th scope="row"><span class="key">${markedText(`s3://${scope.bucket}/${scope.prefix}`)}</span></th><td class="num">${formatCount(scope.listed)}</td><td class="num">${formatCount(outcomeCount(scope))}</td><td class="num">${formatCount(scope.filteredOut)}</td><td class="num">${formatBytes(sumOf(Object.values(scope.outcomes)).bytes)}</td><td class="num ${none === 0 ? "" : "bad"}">${formatCount(none)}</td>${closes}</tr>\n`;
}
