import { type Exceptions, MAX_EXCEPTIONS } from "../../exceptions.js";
import { formatCount } from "../../figures.js";
import { exceptionRow } from "../exception-row.js";
import { filters } from "../filters.js";
import { html, type Markup, NOTHING } from "../markup.js";

const ROWS_ON_PAPER = 300;

/** What an auditor should look at one by one; rows come one a piece, since there may be many. */
export function* exceptionSection({ total, first }: Exceptions): Generator<Markup> {
  yield html`<section id="exceptions">
<h2>Exceptions</h2>
`;
  if (total === 0) {
    yield html`<p class="empty">None: every object listed was encrypted already, or was encrypted with nothing to note.</p>
</section>
`;
    return;
  }
  yield html`<p class="lead">${countWords(total, first.length)}</p>
${first.length > ROWS_ON_PAPER ? html`<p class="note paper">On paper, no more than a part of these rows; report.csv has every object.</p>` : NOTHING}
${filters(first)}
<table id="exceptions-table" class="cards unscripted">
<thead><tr><th scope="col" class="c-outcome" data-sort="outcome">Outcome</th><th scope="col" class="c-object" data-sort="object">Object</th><th scope="col" class="num c-size" data-sort="size">Size</th><th scope="col" class="c-now" data-sort="now">Encryption now</th><th scope="col" class="c-why" data-sort="why">Why</th></tr></thead>
<tbody>
`;
  for (const record of first) {
    yield exceptionRow(record);
  }
  yield html`</tbody>
</table>
<p class="more" id="more" hidden><button type="button" class="plain">Show 1,000 more</button></p>
</section>
`;
}

function countWords(total: number, shown: number): string {
  const what = "Objects that were not plainly encrypted, and those encrypted with something to note";
  return shown === total
    ? `${what}: ${formatCount(total)} in all, the worst first.`
    : `${what}: ${formatCount(total)} in all, of which the ${formatCount(MAX_EXCEPTIONS)} worst are here. All are in report.csv.`;
}
