import type { Remaining } from "../../remains/remaining.js";
import { html, type Markup, markedText } from "../markup.js";

/** What is seen not to be encrypted is worse than what may not be. */
const PLAIN: ReadonlySet<Remaining["kind"]> = new Set([
  "unencrypted",
  "older-unencrypted",
  "older-locked",
  "no-default",
]);

/** What is left to do, before anything else is told. */
export function remainsSection(remaining: readonly Remaining[]): Markup {
  const items = remaining.map(
    ({ kind, words }) => html`<li class="${PLAIN.has(kind) ? "plain" : "open"} ${kind}">${markedText(words)}</li>\n`,
  );
  const worst = remaining.some(({ kind }) => PLAIN.has(kind)) ? "plain-left" : "open-left";
  return html`<section id="remains" class="remains ${remaining.length === 0 ? "none-left" : worst}">
<h2>What remains</h2>
${remaining.length === 0 ? html`<p class="good">Nothing that this run saw: whatever it looked at is encrypted.</p>` : html`<ul>\n${items}</ul>`}
</section>
`;
}
