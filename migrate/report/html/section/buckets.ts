import type { BucketFindings } from "../../../journal/run-record.js";
import { capabilityWords } from "../../capability-words.js";
import {
  defaultEncryptionWords,
  OBJECT_LOCK_WORDS,
  openUploadsWords,
  trialCopyWords,
  VERSIONING_WORDS,
} from "../../finding-words.js";
import { html, type Markup, markedText, NOTHING } from "../markup.js";

export function bucketSection(buckets: readonly BucketFindings[]): Markup {
  if (buckets.length === 0) {
    return NOTHING;
  }
  return html`<section>
<h2>The buckets themselves</h2>
<div class="scroll"><table class="cards">
<thead><tr><th scope="col">Bucket</th><th scope="col">Default encryption</th><th scope="col">Versioning</th><th scope="col">Object Lock</th><th scope="col">Trial copy</th><th scope="col">Capabilities</th><th scope="col" class="num">Uploads still open</th></tr></thead>
<tbody>
${buckets.map(bucketRow)}</tbody>
</table></div>
</section>
`;
}

function bucketRow(found: BucketFindings): Markup {
  const { before, after } = found.defaultEncryption;
  const tone = after.startsWith("sse") || after.startsWith("dsse") ? "good" : "warn";
  return html`<tr><th scope="row"><span class="key">${markedText(found.bucket)}</span>${warningList(found.warnings)}</th><td data-label="Default encryption" class="${tone}">${defaultEncryptionWords({ before, after })}</td><td data-label="Versioning">${VERSIONING_WORDS[found.versioning]}</td><td data-label="Object Lock">${OBJECT_LOCK_WORDS[found.objectLock]}</td><td data-label="Trial copy">${markedText(trialCopyWords(found.canary))}</td><td data-label="Capabilities">${capabilityWords(found.capabilities)}</td><td data-label="Uploads still open" class="num">${openUploadsWords(found.openMultipartUploads)}</td></tr>\n`;
}

function warningList(warnings: readonly string[]): Markup {
  return warnings.length === 0
    ? NOTHING
    : html`<ul class="warnings">${warnings.map((warning) => html`<li>${markedText(warning)}</li>`)}</ul>`;
}
