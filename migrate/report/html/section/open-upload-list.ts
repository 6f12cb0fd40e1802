import type { BucketFindings } from "../../../journal/run-record.js";
import { formatCount, formatInstant } from "../../../model/text.js";
import { html, type Markup, markedText, NOTHING } from "../markup.js";

const SHOWN = 20;

/** The uploads that may land as the bucket's default was before, so that somebody can abort them. */
export function openUploadList({ atEnd }: BucketFindings): Markup {
  const uploads = atEnd?.openUploads;
  if (!uploads || uploads.earlier === 0) return NOTHING;
  const shown = uploads.firstEarlier.slice(0, SHOWN);
  const more = uploads.earlier - shown.length;
  const rows = shown.map(
    ({ key, uploadId, initiatedAt }) =>
      html`<tr><th scope="row"><span class="key">${markedText(key)}</span><span class="sub">upload ${markedText(uploadId)}</span></th><td data-label="Begun">${initiatedAt === null ? "not told" : formatInstant(initiatedAt)}</td></tr>\n`,
  );
  return html`<div class="scroll"><table class="cards">
<thead><tr><th scope="col">Upload still open</th><th scope="col">Begun</th></tr></thead>
<tbody>
${rows}</tbody>
</table></div>
${more > 0 ? html`<p class="note">and ${formatCount(more)} more.</p>\n` : NOTHING}`;
}
