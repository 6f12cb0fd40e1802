import type { Breakdowns } from "../../breakdowns.js";
import { formatBytes, formatCount } from "../../figures.js";
import { type GroupRow, groupRows, othersWords } from "../../group-rows.js";
import type { Group, Groups } from "../../groups.js";
import { STATE_ORDER } from "../../state-order.js";
import { bar } from "../chart.js";
import { html, type Markup, markedText, NOTHING } from "../markup.js";

const MOST_PREFIXES = 60;
const MOST_OTHERS = 20;

/** The totals once more, drawn and written: by prefix, class and size. */
export function breakdownSection({ prefixes, storageClasses, sizes }: Breakdowns): Markup {
  return html`<section id="prefixes">
<h2>By prefix</h2>
<p class="lead">Up to the first slash after the prefix of its scope. Each bar is the whole of its row, by number of objects.</p>
${table("prefix", "Prefix", prefixes, ({ bucket, prefix }) => `s3://${bucket}/${prefix}`, MOST_PREFIXES)}</section>
<section class="pair">
<div><h2>By storage class</h2>${table("class", "Class", storageClasses, ({ storageClass }) => storageClass, MOST_OTHERS)}</div>
<div><h2>By size</h2>${table("size", "Size of an object", sizes, ({ size }) => size, MOST_OTHERS)}</div>
</section>
`;
}

function table<N>(
  id: string,
  title: string,
  groups: Groups<N>,
  nameOf: (group: N & Group) => string,
  most: number,
): Markup {
  const { rows, left } = groupRows(groups, nameOf, most);
  if (rows.length === 0) return html`<p class="empty">Nothing to show.</p>\n`;
  const more = othersWords(left);
  return html`<div class="scroll"><table class="cards groups">
<thead><tr><th scope="col">${title}</th><th scope="col" class="num">Objects</th><th scope="col" class="num">Size</th><th scope="col" class="c-bars">Before and now</th><th scope="col" class="num">Unencrypted now</th></tr></thead>
<tbody>
${rows.map((row, index) => groupRow(`${id}-${index}`, row))}</tbody>
</table></div>
${more === null ? NOTHING : html`<p class="note">${more}</p>\n`}`;
}

function groupRow(id: string, { name, objects, now, group }: GroupRow): Markup {
  const states = STATE_ORDER.filter((state) => group.statesBefore[state] ?? group.statesNow[state]);
  const before = bar(`${id}-before`, `${name} before`, states, group.statesBefore, "objects");
  const after = bar(`${id}-now`, `${name} now`, states, group.statesNow, "objects");
  return html`<tr><th scope="row"><span class="key">${markedText(name)}</span></th><td class="num" data-label="Objects">${formatCount(objects.objects)}</td><td class="num" data-label="Size">${formatBytes(objects.bytes)}</td><td data-label="Before and now"><div class="bars">${before}${after}</div></td><td class="num ${now.objects === 0 ? "" : "bad"}" data-label="Unencrypted now">${formatCount(now.objects)}</td></tr>\n`;
}
