import type { RunRecord } from "../../journal/run-record.js";
import { type EncryptionState, STATE_WORDS } from "../../model/encryption.js";
import { REASON_WORDS, type Reason } from "../../model/reason.js";
import { formatBytes, formatCount } from "../../model/text.js";
import { runFacts } from "../facts.js";
import { seenStates } from "../group-rows.js";
import { outcomeCount } from "../not-seen.js";
import { runTitle } from "../run-state.js";
import type { Summary, Totals } from "../summary.js";
import type { Survey } from "../survey.js";
import { OUTCOME_KINDS, OUTCOME_WORDS } from "../tally.js";
import type { Verdict } from "../verdict.js";
import { closingWords, VERDICT_WORDS } from "../verdict-kind.js";
import { bar, patterns, swatch, tallyTable } from "./chart.js";
import { seal } from "./evidence.js";
import { html, type Markup, markedText, NOTHING } from "./markup.js";

/** The verdict on the run. */
export function masthead(run: RunRecord, { total }: Summary, { kind, headline, detail }: Verdict): Markup {
  return html`<header>
<p class="imprint"><strong>bucketseal</strong><span>${runTitle(run)}</span></p>
<div class="verdict ${kind}">
${seal(kind, total)}
<div>
<p class="verdict-word">${VERDICT_WORDS[kind]}</p>
<h1>${headline}</h1>
<p>${detail}</p>
</div>
</div>
</header>
`;
}

/** Who ran it, where, when and with which tool. */
export function factSection(run: RunRecord): Markup {
  return html`<section id="run">
<h2>The run</h2>
<dl class="facts">
${runFacts(run).map(([label, value]) => html`<div><dt>${label}</dt><dd>${markedText(value)}</dd></div>\n`)}</dl>
</section>
`;
}

/** The states before and now, as charts and tables. */
export function stateSection(total: Totals): Markup {
  const states = seenStates(total);
  return html`<section>
<h2>Encryption before and now</h2>
<p class="lead">As last seen by this run; objects that vanished or were not found are only in the first bar.</p>
${patterns()}
<div class="chart">
<h3>Objects</h3>
<span>Before</span>${bar("objects-before", "Objects before", states, total.statesBefore, "objects")}
<span>Now</span>${bar("objects-now", "Objects now", states, total.statesNow, "objects")}
<h3>Size</h3>
<span>Before</span>${bar("bytes-before", "Size before", states, total.statesBefore, "bytes")}
<span>Now</span>${bar("bytes-now", "Size now", states, total.statesNow, "bytes")}
</div>
<div class="scroll"><table class="cards">
<thead><tr><th scope="col">State</th><th scope="col" class="num">Objects before</th><th scope="col" class="num">Objects now</th><th scope="col" class="num">Size before</th><th scope="col" class="num">Size now</th></tr></thead>
<tbody>
${states.map((state) => stateRow(state, total))}</tbody>
</table></div>
</section>
`;
}

function stateRow(state: EncryptionState, { statesBefore, statesNow }: Totals): Markup {
  const before = statesBefore[state];
  const now = statesNow[state];
  return html`<tr><th scope="row">${swatch(state)}${STATE_WORDS[state]}</th><td class="num" data-label="Objects before">${formatCount(before.objects)}</td><td class="num" data-label="Objects now">${formatCount(now.objects)}</td><td class="num" data-label="Size before">${formatBytes(before.bytes)}</td><td class="num" data-label="Size now">${formatBytes(now.bytes)}</td></tr>\n`;
}

/** The sum that must add up, written as a sum. */
export function totalSection(total: Totals): Markup {
  const equals = total.listed === outcomeCount(total) ? "=" : "\u2260";
  return html`<section id="totals">
<h2>${titleOf(total)}</h2>
<p class="lead">The left side counts the listed objects, the right side the outcomes. The two counts have to agree.</p>
<ul class="sum">
${term("", total.listed, "listed", "")}${OUTCOME_KINDS.map((kind, index) =>
  term(
    index === 0 ? equals : "+",
    total.outcomes[kind].objects,
    OUTCOME_WORDS[kind],
    sizeOf(total.outcomes[kind].bytes),
  ),
)}</ul>
<p class="${total.closes ? "good" : "bad"}">${closingWords(total)}</p>
</section>
`;
}

function titleOf(total: Totals): string {
  if (total.closes) return "Every object listed is accounted for once";
  const isOfUnseen = total.notSeen !== undefined && total.listed === outcomeCount(total);
  return isOfUnseen ? "Every object seen is accounted for once, but not all were seen" : "The totals do not add up";
}

function term(sign: string, count: number, words: string, size: string): Markup {
  const tone = count === 0 ? "zero" : "some";
  return html`<li class="${tone}"><i class="sign">${sign}</i><div><b>${formatCount(count)}</b><span>${words}</span><span>${size}</span></div></li>\n`;
}

function sizeOf(bytes: number): string {
  return bytes === 0 ? "" : formatBytes(bytes);
}

export function reasonSection({ reasons }: Totals): Markup {
  return html`<section>
<h2>Why each outcome</h2>
${tallyTable("Reason", reasons, (reason: Reason) => REASON_WORDS[reason])}
</section>
`;
}

/** The limits of the run, placed before any figure that could be over-interpreted. */
export function limitSection(limits: readonly string[]): Markup {
  if (limits.length === 0) {
    return NOTHING;
  }
  return html`<aside class="limits">
<h2>Not covered by this report</h2>
<ul>
${limits.map((limit) => html`<li>${markedText(limit)}</li>\n`)}</ul>
</aside>
`;
}

/** Links to each part of the page. */
export function contents({ summary, exceptions, versionExceptions }: Survey): Markup {
  const parts = [
    ["run", "The run"],
    ["totals", "Totals"],
    ["prefixes", "By prefix"],
    ...(summary.total.noncurrent === undefined ? [] : [["older-versions", "Noncurrent versions"]]),
    ["buckets", "Buckets"],
    ["controls", "Controls"],
    ["settings", "Settings"],
    ["files", "Files"],
  ] as const;
  const total = exceptions.total + versionExceptions.total;
  const last =
    total === 0 ? NOTHING : html`<a href="#exceptions"><b>${formatCount(total)} to check one by one</b></a>\n`;
  return html`<nav class="contents" aria-label="Contents">
${parts.map(([id, words]) => html`<a href="#${id ?? ""}">${words ?? ""}</a>\n`)}${last}</nav>
`;
}
