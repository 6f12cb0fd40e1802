import { formatBytes, formatCount } from "../../../model/text.js";
import type { NoncurrentTotals } from "../../noncurrent.js";
import { noncurrentClosingWords } from "../../noncurrent-words.js";
import type { VersionExceptions } from "../../version-exceptions.js";
import { VERSION_OUTCOME_KINDS, VERSION_OUTCOME_WORDS } from "../../version-words.js";
import { html, type Markup, markedText, NOTHING } from "../markup.js";

/** The noncurrent versions, counted apart from the objects. */
export function noncurrentSection(noncurrent: NoncurrentTotals | undefined, { total }: VersionExceptions): Markup {
  if (noncurrent === undefined) return NOTHING;
  const { listed, deleteMarkers, outcomes, replayed, closes } = noncurrent;
  const kinds = [
    ...VERSION_OUTCOME_KINDS.map((kind) => [VERSION_OUTCOME_WORDS[kind], outcomes[kind]] as const),
    ["re-created encrypted before they were listed", replayed] as const,
    ["delete markers, which hold nothing", { objects: deleteMarkers, bytes: 0 }] as const,
  ].filter(([, { objects }]) => objects > 0);
  const rows = [["listed", { objects: listed, bytes: 0 }] as const, ...kinds];
  const more =
    total === 0
      ? NOTHING
      : html`<p><a href="#exceptions">${formatCount(total)} to look at one by one</a>, after the objects.</p>\n`;
  return html`<section id="older-versions">
<h2>Older versions</h2>
<p class="lead">Noncurrent versions, counted apart from the objects above.</p>
<div class="scroll"><table class="cards">
<thead><tr><th scope="col">Older versions</th><th scope="col" class="num">Count</th><th scope="col" class="num">Size</th></tr></thead>
<tbody>
${rows.map(([words, { objects, bytes }]) => html`<tr><th scope="row">${words}</th><td class="num" data-label="Count">${formatCount(objects)}</td><td class="num" data-label="Size">${bytes === 0 ? "" : formatBytes(bytes)}</td></tr>\n`)}</tbody>
</table></div>
<p class="${closes ? "good" : "bad"}">${markedText(noncurrentClosingWords(noncurrent))}</p>
${more}</section>
`;
}
