import type { Remaining } from "../../remains/remaining.js";
import { html, type Markup, markedText } from "../markup.js";

/** What is left to do, before anything else is told. */
export function remainsSection(remaining: readonly Remaining[]): Markup {
  const list = html`<ul>
${remaining.map(({ kind, words }) => html`<li class="${kind}">${markedText(words)}</li>\n`)}</ul>`;
  return html`<section id="remains">
<h2>What remains</h2>
${remaining.length === 0 ? html`<p class="good">Nothing that this run saw: every object and version it looked at is encrypted.</p>` : list}
</section>
`;
}
