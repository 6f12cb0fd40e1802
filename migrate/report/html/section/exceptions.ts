import { countOf, formatCount } from "../../../model/text.js";
import type { Exceptions } from "../../exceptions.js";
import type { VersionExceptions } from "../../version-exceptions.js";
import { exceptionRow, rowOfObject, rowOfVersion } from "../exception-rows.js";
import { filters } from "../filters.js";
import { html, type Markup, NOTHING } from "../markup.js";

const ROWS_ON_PAPER = 300;

/** What an auditor should look at one by one; rows come one a piece, since there may be many. */
export function* exceptionSection(objects: Exceptions, versions: VersionExceptions): Generator<Markup> {
  yield html`<section id="exceptions">
<h2>Exceptions</h2>
`;
  if (objects.total + versions.total === 0) {
    yield html`<p class="empty">None: every object listed was encrypted already, or was encrypted with nothing to note.</p>
</section>
`;
    return;
  }
  const rows = [...objects.first.map(rowOfObject), ...versions.first.map(rowOfVersion)];
  yield html`<p class="lead">${countWords(objects, versions)}</p>
${rows.length > ROWS_ON_PAPER ? html`<p class="note paper">On paper, no more than a part of these rows; report.csv has every object.</p>` : NOTHING}
${filters(rows)}
<table id="exceptions-table" class="cards unscripted">
<thead><tr><th scope="col" class="c-outcome" data-sort="outcome">Outcome</th><th scope="col" class="c-object" data-sort="object">Object</th><th scope="col" class="num c-size" data-sort="size">Size</th><th scope="col" class="c-now" data-sort="now">Encryption now</th><th scope="col" class="c-why" data-sort="why">Why</th></tr></thead>
<tbody>
`;
  for (const row of rows) yield exceptionRow(row);
  yield html`</tbody>
</table>
<p class="more" id="more" hidden><button type="button" class="plain">Show 1,000 more</button></p>
</section>
`;
}

function countWords(objects: Exceptions, versions: VersionExceptions): string {
  const what = "Objects that were not plainly encrypted, and those encrypted with something to note";
  const ofObjects =
    objects.first.length === objects.total
      ? `${what}: ${formatCount(objects.total)} in all, the worst first.`
      : `${what}: ${formatCount(objects.total)} in all, of which the ${formatCount(objects.first.length)} worst are here. All are in report.csv.`;
  return [ofObjects, ...versionWords(versions)].join(" ");
}

function versionWords({ total, first }: VersionExceptions): string[] {
  if (total === 0) return [];
  const what = `After them, ${countOf(total, "older version")} that ${total === 1 ? "is" : "are"} not plainly encrypted`;
  return first.length === total
    ? [`${what}.`]
    : [`${what}, of which the first ${formatCount(first.length)} are here; all are in report.csv.`];
}
