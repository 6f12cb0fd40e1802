import { html, type Markup, markedText, NOTHING } from "../markup.js";

/** What the run did not cover, before any figure can be taken for more than it is. */
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
