import type { BucketFindings } from "../../../journal/run-record.js";
import { isEncrypting } from "../../../model/encryption.js";
import { formatCount } from "../../../model/text.js";
import { bucketFacts } from "../../bucket-facts.js";
import { defaultNow } from "../../remains/upload-remains.js";
import { html, type Markup, markedText, NOTHING } from "../markup.js";
import { openUploadList } from "./open-upload-list.js";

const SHOWN = 100;

/** What was found of the buckets themselves, a card each. */
export function bucketSection(buckets: readonly BucketFindings[]): Markup {
  if (buckets.length === 0) return NOTHING;
  const more = buckets.length > SHOWN;
  const count = html`<p class="lead">The first ${formatCount(SHOWN)} of ${formatCount(buckets.length)}; run.json has all.</p>`;
  return html`<section id="buckets">
<h2>The buckets themselves</h2>
${more ? count : NOTHING}${buckets.slice(0, SHOWN).map(card)}</section>
`;
}

function card(found: BucketFindings): Markup {
  const tone = isEncrypting(defaultNow(found)) ? "good" : "warn";
  const facts = bucketFacts(found).map(
    ([label, value], index) =>
      html`<div><dt>${label}</dt><dd${index === 0 ? html` class="${tone}"` : NOTHING}>${markedText(value)}</dd></div>\n`,
  );
  return html`<article class="bucket">
<h3><span class="key">${markedText(found.bucket)}</span></h3>
<dl class="facts">
${facts}</dl>
${warningList(found.warnings)}${openUploadList(found)}</article>
`;
}

function warningList(warnings: readonly string[]): Markup {
  return warnings.length === 0
    ? NOTHING
    : html`<ul class="warnings">${warnings.map((warning) => html`<li>${markedText(warning)}</li>`)}</ul>\n`;
}
