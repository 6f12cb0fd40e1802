import { STATE_WORDS } from "../../../inspect/encryption-state.js";
import type { VersionRecord } from "../../../journal/version-record.js";
import { formatBytes, formatCount } from "../../figures.js";
import type { NoncurrentTotals } from "../../noncurrent.js";
import { noncurrentClosingWords } from "../../noncurrent-words.js";
import type { VersionExceptions } from "../../version-exceptions.js";
import { VERSION_OUTCOME_KINDS, VERSION_OUTCOME_WORDS, versionReasonWords } from "../../version-words.js";
import { html, type Markup, markedText, NOTHING } from "../markup.js";

/** The noncurrent versions, counted apart from the objects. */
export function* noncurrentSection(
  noncurrent: NoncurrentTotals | undefined,
  { total, first }: VersionExceptions,
): Generator<Markup> {
  if (noncurrent === undefined) return;
  const { listed, deleteMarkers, outcomes, replayed, closes } = noncurrent;
  const kinds = [
    ...VERSION_OUTCOME_KINDS.map((kind) => [VERSION_OUTCOME_WORDS[kind], outcomes[kind]] as const),
    ["re-created encrypted before they were listed", replayed] as const,
    ["delete markers, which hold nothing", { objects: deleteMarkers, bytes: 0 }] as const,
  ].filter(([, { objects }]) => objects > 0);
  const rows = [["listed", { objects: listed, bytes: 0 }] as const, ...kinds];
  yield html`<section id="older-versions">
<h2>Older versions</h2>
<p class="lead">Noncurrent versions, counted apart from the objects above.</p>
<div class="scroll"><table class="cards">
<thead><tr><th scope="col">Older versions</th><th scope="col" class="num">Count</th><th scope="col" class="num">Size</th></tr></thead>
<tbody>
${rows.map(([words, { objects, bytes }]) => html`<tr><th scope="row">${words}</th><td class="num" data-label="Count">${formatCount(objects)}</td><td class="num" data-label="Size">${bytes === 0 ? "" : formatBytes(bytes)}</td></tr>\n`)}</tbody>
</table></div>
<p class="${closes ? "good" : "bad"}">${noncurrentClosingWords(noncurrent)}</p>
`;
  if (total > 0) yield* exceptionTable(total, first);
  yield html`</section>
`;
}

function* exceptionTable(total: number, first: readonly VersionRecord[]): Generator<Markup> {
  yield html`<p class="lead">${formatCount(total)} to look at one by one${total > first.length ? html`, of which the first ${formatCount(first.length)} are here; all are in report.csv` : NOTHING}.</p>
<div class="scroll"><table class="cards">
<thead><tr><th scope="col">Version</th><th scope="col" class="num">Size</th><th scope="col">Encryption</th><th scope="col">Why</th></tr></thead>
<tbody>
`;
  for (const record of first) yield versionRow(record);
  yield html`</tbody>
</table></div>
`;
}

function versionRow({ bucket, key, before, outcome, notes }: VersionRecord): Markup {
  const detail = outcome.kind === "failed" && outcome.detail !== "" ? [outcome.detail] : [];
  const remarks = [...detail, ...notes].map((remark) => html`<span class="sub">${markedText(remark)}</span>`);
  const now = outcome.kind === "vanished" ? "gone" : STATE_WORDS[before.state];
  return html`<tr><th scope="row"><span class="key">${markedText(key)}</span><span class="sub">${markedText(bucket)}</span><span class="sub">version ${markedText(before.versionId ?? "null")}</span></th><td class="num" data-label="Size">${formatBytes(before.sizeBytes)}</td><td data-label="Encryption">${now}</td><td data-label="Why"><div>${versionReasonWords(outcome)}${remarks}</div></td></tr>\n`;
}
