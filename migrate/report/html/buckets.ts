import type { BucketFindings, RunRecord } from "../../journal/run-record.js";
import { isEncrypting } from "../../model/encryption.js";
import { formatBytes, formatCount, formatInstant } from "../../model/text.js";
import { bucketFacts } from "../facts.js";
import { outcomeCount, UNSEEN_WORDS } from "../not-seen.js";
import { defaultNow, type Remaining } from "../remains.js";
import { runSettings, type Setting } from "../run-state.js";
import type { ScopeTotals, Summary } from "../summary.js";
import { sumOf } from "../tally.js";
import { html, type Markup, markedText, NOTHING } from "./markup.js";

const SHOWN = 100;

/** The findings about the buckets, one card each. */
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

export function scopeSection({ scopes }: Summary): Markup {
  return html`<section>
<h2>Scope</h2>
<div class="scroll"><table class="cards">
<thead><tr><th scope="col">Bucket and prefix</th><th scope="col" class="num">Listed</th><th scope="col" class="num">With an outcome</th><th scope="col" class="num">Excluded by filters</th><th scope="col" class="num">Size</th><th scope="col" class="num">Unencrypted now</th><th scope="col">Sum</th></tr></thead>
<tbody>
${scopes.map(scopeRow)}</tbody>
</table></div>
</section>
`;
}

function scopeRow(scope: ScopeTotals): Markup {
  const [tone, words] = sumWords(scope);
  const closes = html`<td class="${tone}" data-label="Sum">${words}</td>`;
  const none = scope.statesNow.none.objects;
  return html`<tr><th scope="row"><span class="key">${markedText(`s3://${scope.bucket}/${scope.prefix}`)}</span></th><td class="num" data-label="Listed">${formatCount(scope.listed)}</td><td class="num" data-label="With an outcome">${formatCount(outcomeCount(scope))}</td><td class="num" data-label="Excluded by filters">${formatCount(scope.filteredOut)}</td><td class="num" data-label="Size">${formatBytes(sumOf(Object.values(scope.outcomes)).bytes)}</td><td class="num ${none === 0 ? "" : "bad"}" data-label="Unencrypted now">${formatCount(none)}</td>${closes}</tr>\n`;
}

function sumWords({ closes, unseen }: ScopeTotals): readonly ["good" | "bad", string] {
  if (unseen !== undefined) return ["bad", `not seen: ${UNSEEN_WORDS[unseen.because]}`];
  return closes ? ["good", "closes"] : ["bad", "does not add up"];
}

/** The effective options. Those that the user gave stand out. */
export function settingSection(run: RunRecord): Markup {
  const settings = runSettings(run);
  if (settings.length === 0) return NOTHING;
  return html`<section id="settings">
<h2>Settings</h2>
<p class="lead">The settings of the run. Given values are marked; the others are defaults.</p>
<dl class="facts settings">
${settings.map(setting)}</dl>
</section>
`;
}

function setting({ name, value, origin }: Setting): Markup {
  const mark = origin === "given" ? html` <span class="given">given</span>` : NOTHING;
  return html`<div><dt>${markedText(name)}${mark}</dt><dd class="key">${markedText(value)}</dd></div>\n`;
}

/** Objects seen unencrypted are worse than objects that may be. */
const PLAIN: ReadonlySet<Remaining["kind"]> = new Set([
  "unencrypted",
  "older-unencrypted",
  "older-locked",
  "no-default",
]);

/** The remaining work, before everything else. */
export function remainsSection(remaining: readonly Remaining[]): Markup {
  const items = remaining.map(
    ({ kind, words }) => html`<li class="${PLAIN.has(kind) ? "plain" : "open"} ${kind}">${markedText(words)}</li>\n`,
  );
  const worst = remaining.some(({ kind }) => PLAIN.has(kind)) ? "plain-left" : "open-left";
  return html`<section id="remains" class="remains ${remaining.length === 0 ? "none-left" : worst}">
<h2>What remains</h2>
${remaining.length === 0 ? html`<p class="good">Nothing that this run saw: everything that it examined is encrypted.</p>` : html`<ul>\n${items}</ul>`}
</section>
`;
}

const SHOWN_UPLOADS = 20;

/**
 * The uploads that may complete with the bucket's earlier default encryption, so that somebody can abort
 * them.
 */
function openUploadList({ atEnd }: BucketFindings): Markup {
  const uploads = atEnd?.openUploads;
  if (!uploads || uploads.earlier === 0) return NOTHING;
  const shown = uploads.firstEarlier.slice(0, SHOWN_UPLOADS);
  const more = uploads.earlier - shown.length;
  const rows = shown.map(
    ({ key, uploadId, initiatedAt }) =>
      html`<tr><th scope="row"><span class="key">${markedText(key)}</span><span class="sub">upload ${markedText(uploadId)}</span></th><td data-label="Begun">${initiatedAt === null ? "unknown" : formatInstant(initiatedAt)}</td></tr>\n`,
  );
  return html`<div class="scroll"><table class="cards">
<thead><tr><th scope="col">Upload still open</th><th scope="col">Begun</th></tr></thead>
<tbody>
${rows}</tbody>
</table></div>
${more > 0 ? html`<p class="note">and ${formatCount(more)} more.</p>\n` : NOTHING}`;
}
