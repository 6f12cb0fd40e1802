import { type EncryptionState, STATE_WORDS } from "../../../model/encryption.js";
import { formatBytes, formatCount } from "../../../model/text.js";
import { seenStates } from "../../state-order.js";
import type { Totals } from "../../summary.js";
import { bar, patterns, swatch } from "../chart.js";
import { html, type Markup } from "../markup.js";

/** What was there before and what is there now, drawn and written. */
export function stateSection(total: Totals): Markup {
  const states = seenStates(total);
  return html`<section>
<h2>Encryption before and now</h2>
<p class="lead">As last seen by this run; what vanished meanwhile or was not found is in the first bar only.</p>
${patterns()}
<div class="chart">
<h3>Objects</h3>
<span>Before</span>${bar("objects-before", "Objects before", states, total.statesBefore, "objects")}
<span>Now</span>${bar("objects-now", "Objects now", states, total.statesNow, "objects")}
<h3>Size</h3>
<span>Before</span>${bar("bytes-before", "Size before", states, total.statesBefore, "bytes")}
<span>Now</span>${bar("bytes-now", "Size now", states, total.statesNow, "bytes")}
</div>
<div class="scroll"><table class="cards">
<thead><tr><th scope="col">State</th><th scope="col" class="num">Objects before</th><th scope="col" class="num">Objects now</th><th scope="col" class="num">Size before</th><th scope="col" class="num">Size now</th></tr></thead>
<tbody>
${states.map((state) => stateRow(state, total))}</tbody>
</table></div>
</section>
`;
}

function stateRow(state: EncryptionState, { statesBefore, statesNow }: Totals): Markup {
  const before = statesBefore[state];
  const now = statesNow[state];
  return html`<tr><th scope="row">${swatch(state)}${STATE_WORDS[state]}</th><td class="num" data-label="Objects before">${formatCount(before.objects)}</td><td class="num" data-label="Objects now">${formatCount(now.objects)}</td><td class="num" data-label="Size before">${formatBytes(before.bytes)}</td><td class="num" data-label="Size now">${formatBytes(now.bytes)}</td></tr>\n`;
}
