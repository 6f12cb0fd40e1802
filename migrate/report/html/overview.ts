import type { RunRecord } from "../../journal/run-record.js";
import { type EncryptionState, STATE_WORDS } from "../../model/encryption.js";
import { REASON_WORDS, type Reason } from "../../model/reason.js";
import { runFacts } from "../facts.js";
import { seenStates } from "../group-rows.js";
import type { Language } from "../language.js";
import { closingWords, outcomeCount } from "../not-seen.js";
import { type PlanRow, planFacts, planLimits, planOutcome, planRows } from "../plan-words.js";
import { runTitle, VERDICT_WORDS } from "../run-state.js";
import type { Summary, Totals } from "../summary.js";
import type { Survey } from "../survey.js";
import { OUTCOME_KINDS, OUTCOME_WORDS } from "../tally.js";
import type { Verdict } from "../verdict.js";
import { bar, patterns, swatch, tallyTable } from "./chart.js";
import { seal } from "./evidence.js";
import { html, type Markup, markedText, NOTHING } from "./markup.js";

/** The verdict on the run. */
export function masthead(
  run: RunRecord,
  { total }: Summary,
  { kind, headline, detail }: Verdict,
  lang: Language,
): Markup {
  return html`<header>
<p class="imprint"><strong>bucketseal</strong><span>${runTitle(run, lang)}</span></p>
<div class="verdict ${kind}">
${seal(kind, total)}
<div>
<p class="verdict-word">${lang.say(VERDICT_WORDS[kind])}</p>
<h1>${headline}</h1>
<p>${detail}</p>
</div>
</div>
</header>
`;
}

/** Who ran it, where, when and with which tool. */
export function factSection(run: RunRecord, lang: Language): Markup {
  return html`<section id="run">
<h2>${lang.say("The run")}</h2>
<dl class="facts">
${runFacts(run, lang).map(([label, value]) => html`<div><dt>${label}</dt><dd>${markedText(value)}</dd></div>\n`)}</dl>
</section>
`;
}

/** The states before and now, as charts and tables. */
export function stateSection(total: Totals, lang: Language): Markup {
  const { say } = lang;
  const { statesBefore, statesNow } = total;
  const states = seenStates(total);
  const drawn = (id: string, title: string, tallies: Totals["statesNow"], unit: "objects" | "bytes") =>
    bar({ id, title, states, tallies, unit }, lang);
  return html`<section>
<h2>${say("Encryption before and now")}</h2>
<p class="lead">${say("As last seen by this run; objects that vanished or were not found are only in the first bar.")}</p>
${patterns()}
<div class="chart">
<h3>${say("Objects")}</h3>
<span>${say("Before")}</span>${drawn("objects-before", say("Objects before"), statesBefore, "objects")}
<span>${say("Now")}</span>${drawn("objects-now", say("Objects now"), statesNow, "objects")}
<h3>${say("Size")}</h3>
<span>${say("Before")}</span>${drawn("bytes-before", say("Size before"), statesBefore, "bytes")}
<span>${say("Now")}</span>${drawn("bytes-now", say("Size now"), statesNow, "bytes")}
</div>
<div class="scroll"><table class="cards">
<thead><tr><th scope="col">${say("State")}</th><th scope="col" class="num">${say("Objects before")}</th><th scope="col" class="num">${say("Objects now")}</th><th scope="col" class="num">${say("Size before")}</th><th scope="col" class="num">${say("Size now")}</th></tr></thead>
<tbody>
${states.map((state) => stateRow(state, total, lang))}</tbody>
</table></div>
</section>
`;
}

function stateRow(state: EncryptionState, { statesBefore, statesNow }: Totals, lang: Language): Markup {
  const { say, count, bytes } = lang;
  const before = statesBefore[state];
  const now = statesNow[state];
  return html`<tr><th scope="row">${swatch(state)}${say(STATE_WORDS[state])}</th><td class="num" data-label="${say("Objects before")}">${count(before.objects)}</td><td class="num" data-label="${say("Objects now")}">${count(now.objects)}</td><td class="num" data-label="${say("Size before")}">${bytes(before.bytes)}</td><td class="num" data-label="${say("Size now")}">${bytes(now.bytes)}</td></tr>\n`;
}

/** The sum that must add up, written as a sum. */
export function totalSection(total: Totals, lang: Language): Markup {
  const { say, count, bytes } = lang;
  const sizeOf = (size: number) => (size === 0 ? "" : bytes(size));
  const equals = total.listed === outcomeCount(total) ? "=" : "\u2260";
  return html`<section id="totals">
<h2>${say(titleOf(total))}</h2>
<p class="lead">${say("The left side counts the listed objects, the right side the outcomes. The two counts have to agree.")}</p>
<ul class="sum">
${term("", count(total.listed), say("listed"), "")}${OUTCOME_KINDS.map((kind, index) =>
  term(
    index === 0 ? equals : "+",
    count(total.outcomes[kind].objects),
    say(`${OUTCOME_WORDS[kind]}{#many}`),
    sizeOf(total.outcomes[kind].bytes),
  ),
)}</ul>
<p class="${total.closes ? "good" : "bad"}">${closingWords(total, lang)}</p>
</section>
`;
}

function titleOf(total: Totals) {
  if (total.closes) return "Every object listed is accounted for once";
  const isOfUnseen = total.notSeen !== undefined && total.listed === outcomeCount(total);
  return isOfUnseen ? "Every object seen is accounted for once, but not all were seen" : "The totals do not add up";
}

function term(sign: string, figure: string, words: string, size: string): Markup {
  const tone = figure === "0" ? "zero" : "some";
  return html`<li class="${tone}"><i class="sign">${sign}</i><div><b>${figure}</b><span>${words}</span><span>${size}</span></div></li>\n`;
}

export function reasonSection({ reasons }: Totals, lang: Language): Markup {
  const { say } = lang;
  return html`<section>
<h2>${say("Why each outcome")}</h2>
${tallyTable(say("Reason"), reasons, (reason: Reason) => say(REASON_WORDS[reason]), lang)}
</section>
`;
}

/** The limits of the run, placed before any figure that could be over-interpreted. */
export function limitSection(limits: readonly string[], { say }: Language): Markup {
  if (limits.length === 0) {
    return NOTHING;
  }
  return html`<aside class="limits">
<h2>${say("Not covered by this report")}</h2>
<ul>
${limits.map((limit) => html`<li>${markedText(limit)}</li>\n`)}</ul>
</aside>
`;
}

/** Links to each part of the page. */
export function contents({ summary, exceptions, versionExceptions }: Survey, { say }: Language): Markup {
  const parts = [
    ["run", say("The run")],
    ...(summary.plan === undefined ? [] : [["plan", say("Plan")] as const]),
    ["totals", say("Totals")],
    ["prefixes", say("By prefix")],
    ...(summary.total.noncurrent === undefined ? [] : [["older-versions", say("Noncurrent versions")] as const]),
    ["buckets", say("Buckets")],
    ["controls", say("Controls")],
    ["settings", say("Settings")],
    ["files", say("Files")],
    ["sheet", say("Auditor's sheet")],
  ] as const;
  const total = exceptions.total + versionExceptions.total;
  const last =
    total === 0 ? NOTHING : html`<a href="#exceptions"><b>${say("{n} to check one by one", { n: total })}</b></a>\n`;
  return html`<nav class="contents" aria-label="${say("Contents")}">
${parts.map(([id, words]) => html`<a href="#${id}">${words}</a>\n`)}${last}</nav>
`;
}

/** The estimate, next to what a migration then came to. */
export function planSection({ plan, total }: Summary, run: RunRecord, lang: Language): Markup {
  if (plan === undefined) return NOTHING;
  const { say } = lang;
  const taken = run.dryRun ? NOTHING : html`<p>${planOutcome(plan, total.outcomes.migrated, run, lang)}</p>\n`;
  return html`<section id="plan">
<h2>${say("Plan")}</h2>
<p class="lead">${say("An estimate of what a migration does, needs and costs.")}</p>
<div class="scroll"><table class="cards">
<thead><tr><th scope="col">${say("Way")}</th><th scope="col">${say("Guard")}</th><th scope="col" class="num">${say("Objects")}</th><th scope="col" class="num">${say("Size")}</th></tr></thead>
<tbody>
${planRows(plan, lang).map((row) => planRow(row, lang))}</tbody>
</table></div>
<dl class="facts">
${planFacts(plan, lang).map(([label, value]) => html`<div><dt>${label}</dt><dd>${markedText(value)}</dd></div>\n`)}</dl>
${planLimits(plan, lang).map((words) => html`<p class="note">${words}</p>\n`)}${taken}</section>
`;
}

function planRow({ what, guard, objects, bytes }: PlanRow, lang: Language): Markup {
  const { say, count } = lang;
  return html`<tr><th scope="row">${what}</th><td data-label="${say("Guard")}">${guard}</td><td class="num" data-label="${say("Objects")}">${count(objects)}</td><td class="num" data-label="${say("Size")}">${lang.bytes(bytes)}</td></tr>\n`;
}
