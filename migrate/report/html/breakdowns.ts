import { formatBytes, formatCount } from "../../model/text.js";
import type { VersionExceptions } from "../exceptions.js";
import { type GroupRow, groupRows, othersWords, STATE_ORDER } from "../group-rows.js";
import type { Breakdowns, Group, Groups } from "../groups.js";
import {
  type NoncurrentTotals,
  noncurrentClosingWords,
  VERSION_OUTCOME_KINDS,
  VERSION_OUTCOME_WORDS,
} from "../noncurrent.js";
import { bar } from "./chart.js";
import { html, type Markup, markedText, NOTHING } from "./markup.js";

const MAX_PREFIXES = 60;
const MAX_OTHERS = 20;

/** The totals as charts and tables: by prefix, storage class and size. */
export function breakdownSection({ prefixes, storageClasses, sizes }: Breakdowns): Markup {
  return html`<section id="prefixes">
<h2>By prefix, storage class and size</h2>
<p class="lead">Each bar shows all objects of its row, in the colours of the states above. A prefix ends at the first slash after the prefix of its scope.</p>
${table("prefix", "Prefix", prefixes, ({ bucket, prefix }) => `s3://${bucket}/${prefix}`, MAX_PREFIXES)}
${table("class", "Storage class", storageClasses, ({ storageClass }) => storageClass, MAX_OTHERS)}
${table("size", "Size of an object", sizes, ({ size }) => size, MAX_OTHERS)}</section>
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
  if (rows.length === 0) return NOTHING;
  const more = othersWords(left);
  return html`<div class="scroll"><table class="cards groups">
<thead><tr><th scope="col">${title}</th><th scope="col" class="num c-count">Objects</th><th scope="col" class="num c-count">Size</th><th scope="col" class="c-bar">Before</th><th scope="col" class="c-bar">Now</th><th scope="col" class="num c-left">Unencrypted now</th></tr></thead>
<tbody>
${rows.map((row, index) => groupRow(`${id}-${index}`, row))}</tbody>
</table></div>
${more === null ? NOTHING : html`<p class="note">${more}</p>\n`}`;
}

function groupRow(id: string, { name, objects, now, group }: GroupRow): Markup {
  const states = STATE_ORDER.filter((state) => group.statesBefore[state] ?? group.statesNow[state]);
  const drawn = (when: "before" | "now", tallies: Group["statesNow"]) =>
    bar(`${id}-${when}`, `${name} ${when}`, states, tallies, "objects");
  return html`<tr><th scope="row"><span class="key">${markedText(name)}</span></th><td class="num" data-label="Objects">${formatCount(objects.objects)}</td><td class="num" data-label="Size">${formatBytes(objects.bytes)}</td><td data-label="Before">${drawn("before", group.statesBefore)}</td><td data-label="Now">${drawn("now", group.statesNow)}</td><td class="num ${now.objects === 0 ? "" : "bad"}" data-label="Unencrypted now">${formatCount(now.objects)}</td></tr>\n`;
}

/** The noncurrent versions, counted separately from the objects. */
export function noncurrentSection(noncurrent: NoncurrentTotals | undefined, { total }: VersionExceptions): Markup {
  if (noncurrent === undefined) return NOTHING;
  const { listed, deleteMarkers, outcomes, replayed, closes } = noncurrent;
  const kinds = [
    ...VERSION_OUTCOME_KINDS.map((kind) => [VERSION_OUTCOME_WORDS[kind], outcomes[kind]] as const),
    ["re-created encrypted before they were listed", replayed] as const,
    ["delete markers, which contain no data", { objects: deleteMarkers, bytes: 0 }] as const,
  ].filter(([, { objects }]) => objects > 0);
  const rows = [["listed", { objects: listed, bytes: 0 }] as const, ...kinds];
  const more =
    total === 0
      ? NOTHING
      : html`<p><a href="#exceptions">${formatCount(total)} to check one by one</a>, after the objects.</p>\n`;
  return html`<section id="older-versions">
<h2>Noncurrent versions</h2>
<p class="lead">Noncurrent versions, counted apart from the objects above.</p>
<div class="scroll"><table class="cards">
<thead><tr><th scope="col">Noncurrent versions</th><th scope="col" class="num">Count</th><th scope="col" class="num">Size</th></tr></thead>
<tbody>
${rows.map(([words, { objects, bytes }]) => html`<tr><th scope="row">${words}</th><td class="num" data-label="Count">${formatCount(objects)}</td><td class="num" data-label="Size">${bytes === 0 ? "" : formatBytes(bytes)}</td></tr>\n`)}</tbody>
</table></div>
<p class="${closes ? "good" : "bad"}">${markedText(noncurrentClosingWords(noncurrent))}</p>
${more}</section>
`;
}
