import type { BucketFindings, RunRecord } from "../../journal/run-record.js";
import { isEncrypting } from "../../model/encryption.js";
import { bucketFacts } from "../facts.js";
import type { Language } from "../language.js";
import { outcomeCount, UNSEEN_WORDS } from "../not-seen.js";
import { defaultNow, type Remaining } from "../remains.js";
import { runSettings, type Setting } from "../run-state.js";
import type { ScopeTotals, Summary } from "../summary.js";
import { sumOf } from "../tally.js";
import { html, type Markup, markedText, NOTHING, recordedText } from "./markup.js";

const SHOWN = 100;

/** The findings about the buckets, one card each. */
export function bucketSection(buckets: readonly BucketFindings[], lang: Language): Markup {
  if (buckets.length === 0) return NOTHING;
  const more = buckets.length > SHOWN;
  const { say } = lang;
  const first = say("The first {n} of {all}; run.json has all.", { n: SHOWN, all: buckets.length });
  return html`<section id="buckets">
<h2>${say("The buckets themselves")}</h2>
${more ? html`<p class="lead">${first}</p>` : NOTHING}${buckets.slice(0, SHOWN).map((found) => card(found, lang))}</section>
`;
}

function card(found: BucketFindings, lang: Language): Markup {
  const tone = isEncrypting(defaultNow(found)) ? "good" : "warn";
  const facts = bucketFacts(found, lang).map(
    ([label, value], index) =>
      html`<div><dt>${label}</dt><dd${index === 0 ? html` class="${tone}"` : NOTHING}>${markedText(value)}</dd></div>\n`,
  );
  return html`<article class="bucket">
<h3><span class="key">${markedText(found.bucket)}</span></h3>
<dl class="facts">
${facts}</dl>
${warningList(found.warnings, lang)}${openUploadList(found, lang)}</article>
`;
}

function warningList(warnings: readonly string[], lang: Language): Markup {
  return warnings.length === 0
    ? NOTHING
    : html`<ul class="warnings">${warnings.map((warning) => html`<li>${recordedText(warning, lang)}</li>`)}</ul>\n`;
}

export function scopeSection({ scopes }: Summary, lang: Language): Markup {
  const { say } = lang;
  return html`<section>
<h2>${say("Scope")}</h2>
<div class="scroll"><table class="cards">
<thead><tr><th scope="col">${say("Bucket and prefix")}</th><th scope="col" class="num">${say("Listed")}</th><th scope="col" class="num">${say("With an outcome")}</th><th scope="col" class="num">${say("Excluded by filters")}</th><th scope="col" class="num">${say("Size")}</th><th scope="col" class="num">${say("Unencrypted now")}</th><th scope="col">${say("Sum")}</th></tr></thead>
<tbody>
${scopes.map((scope) => scopeRow(scope, lang))}</tbody>
</table></div>
</section>
`;
}

function scopeRow(scope: ScopeTotals, lang: Language): Markup {
  const { say, count } = lang;
  const [tone, words] = sumWords(scope, lang);
  const closes = html`<td class="${tone}" data-label="${say("Sum")}">${words}</td>`;
  const none = scope.statesNow.none.objects;
  return html`<tr><th scope="row"><span class="key">${markedText(`s3://${scope.bucket}/${scope.prefix}`)}</span></th><td class="num" data-label="${say("Listed")}">${count(scope.listed)}</td><td class="num" data-label="${say("With an outcome")}">${count(outcomeCount(scope))}</td><td class="num" data-label="${say("Excluded by filters")}">${count(scope.filteredOut)}</td><td class="num" data-label="${say("Size")}">${lang.bytes(sumOf(Object.values(scope.outcomes)).bytes)}</td><td class="num ${none === 0 ? "" : "bad"}" data-label="${say("Unencrypted now")}">${count(none)}</td>${closes}</tr>\n`;
}

function sumWords({ closes, unseen }: ScopeTotals, { say }: Language): readonly ["good" | "bad", string] {
  if (unseen !== undefined) return ["bad", say("not seen: {why}", { why: say(UNSEEN_WORDS[unseen.because]) })];
  return closes ? ["good", say("closes")] : ["bad", say("does not add up")];
}

/** The effective options. Those that the user gave stand out. */
export function settingSection(run: RunRecord, lang: Language): Markup {
  const { say } = lang;
  const settings = runSettings(run, lang);
  if (settings.length === 0) return NOTHING;
  return html`<section id="settings">
<h2>${say("Settings")}</h2>
<p class="lead">${say("The settings of the run. Given values are marked; the others are defaults.")}</p>
<dl class="facts settings">
${settings.map((each) => setting(each, lang))}</dl>
</section>
`;
}

function setting({ name, value, origin }: Setting, { say }: Language): Markup {
  const mark = origin === "given" ? html` <span class="given">${say("given")}</span>` : NOTHING;
  return html`<div><dt>${markedText(name)}${mark}</dt><dd class="key">${markedText(value)}</dd></div>\n`;
}

/** Objects seen unencrypted are worse than objects that may be. */
const SEEN_PLAIN = ["unencrypted", "older-unencrypted", "older-locked", "no-default"] as const;
const PLAIN: ReadonlySet<Remaining["kind"]> = new Set(SEEN_PLAIN);

/** The remaining work, before everything else. */
export function remainsSection(remaining: readonly Remaining[], { say }: Language): Markup {
  const items = remaining.map(
    ({ kind, words }) => html`<li class="${PLAIN.has(kind) ? "plain" : "open"} ${kind}">${markedText(words)}</li>\n`,
  );
  const worst = remaining.some(({ kind }) => PLAIN.has(kind)) ? "plain-left" : "open-left";
  return html`<section id="remains" class="remains ${remaining.length === 0 ? "none-left" : worst}">
<h2>${say("What remains")}</h2>
${remaining.length === 0 ? html`<p class="good">${say("Nothing that this run saw: everything that it examined is encrypted.")}</p>` : html`<ul>\n${items}</ul>`}
</section>
`;
}

const SHOWN_UPLOADS = 20;

/**
 * The uploads that may complete with the bucket's earlier default encryption, so that somebody can abort
 * them.
 */
function openUploadList({ atEnd }: BucketFindings, { say, instant }: Language): Markup {
  const uploads = atEnd?.openUploads;
  if (!uploads || uploads.earlier === 0) return NOTHING;
  const shown = uploads.firstEarlier.slice(0, SHOWN_UPLOADS);
  const more = uploads.earlier - shown.length;
  const rows = shown.map(
    ({ key, uploadId, initiatedAt }) =>
      html`<tr><th scope="row"><span class="key">${markedText(key)}</span><span class="sub">${say("upload")} ${markedText(uploadId)}</span></th><td data-label="${say("Begun")}">${initiatedAt === null ? say("unknown") : instant(initiatedAt)}</td></tr>\n`,
  );
  return html`<div class="scroll"><table class="cards">
<thead><tr><th scope="col">${say("Upload still open")}</th><th scope="col">${say("Begun")}</th></tr></thead>
<tbody>
${rows}</tbody>
</table></div>
${more > 0 ? html`<p class="note">${say("and {more} more", { more })}.</p>\n` : NOTHING}`;
}
