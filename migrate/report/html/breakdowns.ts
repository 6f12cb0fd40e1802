import type { VersionExceptions } from "../exceptions.js";
import { type GroupRow, type GroupRows, groupRows, othersWords, STATE_ORDER } from "../group-rows.js";
import type { Breakdowns, Group } from "../groups.js";
import type { Language } from "../language.js";
import {
  type NoncurrentTotals,
  noncurrentClosingWords,
  VERSION_OUTCOME_KINDS,
  VERSION_OUTCOME_WORDS,
} from "../noncurrent.js";
import type { Tally } from "../tally.js";
import { plaintextSources } from "../words.js";
import { bar } from "./chart.js";
import { html, type Markup, markedText, NOTHING } from "./markup.js";

const MAX_PREFIXES = 60;
const MAX_OTHERS = 20;

/** The totals as charts and tables: by prefix, storage class and size. */
export function breakdownSection({ prefixes, storageClasses, sizes }: Breakdowns, lang: Language): Markup {
  const { say } = lang;
  const titled = { prefix: say("Prefix"), class: say("Storage class"), size: say("Size of an object") };
  return html`<section id="prefixes">
<h2>${say("By prefix, storage class and size")}</h2>
<p class="lead">${say("Each bar shows all objects of its row, in the colours of the states above. A prefix ends at the first slash after the prefix of its scope.")}</p>
${table(
  "prefix",
  titled.prefix,
  groupRows(prefixes, ({ bucket, prefix }) => `s3://${bucket}/${prefix}`, MAX_PREFIXES),
  lang,
)}
${table(
  "class",
  titled.class,
  groupRows(storageClasses, ({ storageClass }) => storageClass, MAX_OTHERS),
  lang,
)}
${table(
  "size",
  titled.size,
  groupRows(sizes, ({ size }) => say(size), MAX_OTHERS),
  lang,
)}</section>
`;
}

function table(id: string, title: string, { rows, left }: GroupRows, lang: Language): Markup {
  if (rows.length === 0) return NOTHING;
  const { say } = lang;
  const more = othersWords(left, lang);
  return html`<div class="scroll"><table class="cards groups">
<thead><tr><th scope="col">${title}</th><th scope="col" class="num c-count">${say("Objects")}</th><th scope="col" class="num c-count">${say("Size")}</th><th scope="col" class="c-bar">${say("Before")}</th><th scope="col" class="c-bar">${say("Now")}</th><th scope="col" class="num c-left">${say("Unencrypted now")}</th></tr></thead>
<tbody>
${rows.map((row, index) => groupRow(`${id}-${index}`, row, lang))}</tbody>
</table></div>
${more === null ? NOTHING : html`<p class="note">${more}</p>\n`}`;
}

function groupRow(id: string, { name, objects, now, group }: GroupRow, lang: Language): Markup {
  const { say, count } = lang;
  const states = STATE_ORDER.filter((state) => group.statesBefore[state] ?? group.statesNow[state]);
  const titles = { before: say("{name} before", { name }), now: say("{name} now", { name }) };
  const drawn = (when: "before" | "now", tallies: Group["statesNow"]) =>
    bar({ id: `${id}-${when}`, title: titles[when], states, tallies, unit: "objects" }, lang);
  return html`<tr><th scope="row"><span class="key">${markedText(name)}</span></th><td class="num" data-label="${say("Objects")}">${count(objects.objects)}</td><td class="num" data-label="${say("Size")}">${lang.bytes(objects.bytes)}</td><td data-label="${say("Before")}">${drawn("before", group.statesBefore)}</td><td data-label="${say("Now")}">${drawn("now", group.statesNow)}</td><td class="num ${now.objects === 0 ? "" : "bad"}" data-label="${say("Unencrypted now")}">${count(now.objects)}</td></tr>\n`;
}

function sourceRows(noncurrent: NoncurrentTotals, { say }: Language): (readonly [string, Tally])[] {
  return plaintextSources(noncurrent).map(({ words, tally }) => [
    say("of which {source}", { source: say(words) }),
    tally,
  ]);
}

/** The noncurrent versions, counted separately from the objects. */
export function noncurrentSection(
  noncurrent: NoncurrentTotals | undefined,
  { total }: VersionExceptions,
  lang: Language,
): Markup {
  if (noncurrent === undefined) return NOTHING;
  const { say, count } = lang;
  const { listed, deleteMarkers, outcomes, replayed, closes } = noncurrent;
  const kinds = [
    ...VERSION_OUTCOME_KINDS.flatMap((kind) => [
      [say(`${VERSION_OUTCOME_WORDS[kind]}{#versions}`), outcomes[kind]] as const,
      ...(kind === "plaintext" ? sourceRows(noncurrent, lang) : []),
    ]),
    [say("re-created encrypted before they were listed"), replayed] as const,
    [say("delete markers, which contain no data"), { objects: deleteMarkers, bytes: 0 }] as const,
  ].filter(([, { objects }]) => objects > 0);
  const rows = [[say("listed{#versions}"), { objects: listed, bytes: 0 }] as const, ...kinds];
  const more =
    total === 0
      ? NOTHING
      : html`<p><a href="#exceptions">${say("{n} to check one by one", { n: total })}</a>${say(", after the objects.")}</p>\n`;
  return html`<section id="older-versions">
<h2>${say("Noncurrent versions")}</h2>
<p class="lead">${say("Noncurrent versions, counted apart from the objects above.")}</p>
<div class="scroll"><table class="cards">
<thead><tr><th scope="col">${say("Noncurrent versions")}</th><th scope="col" class="num">${say("Count")}</th><th scope="col" class="num">${say("Size")}</th></tr></thead>
<tbody>
${rows.map(([words, { objects, bytes }]) => html`<tr><th scope="row">${words}</th><td class="num" data-label="${say("Count")}">${count(objects)}</td><td class="num" data-label="${say("Size")}">${bytes === 0 ? "" : lang.bytes(bytes)}</td></tr>\n`)}</tbody>
</table></div>
<p class="${closes ? "good" : "bad"}">${markedText(noncurrentClosingWords(noncurrent, lang))}</p>
${more}</section>
`;
}
