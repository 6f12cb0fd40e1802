import { formatBytes, formatCount } from "../../model/text.js";
import type { Tally } from "../tally.js";
import { html, type Markup } from "./markup.js";

/** What there is of each key that was seen, with its words. */
export function tallyTable<K extends string>(
  title: string,
  table: Readonly<Partial<Record<K, Tally>>>,
  words: (key: K) => string,
): Markup {
  const entries = (Object.entries(table) as [K, Tally][]).filter(([, tally]) => tally.objects > 0);
  if (entries.length === 0) {
    return html`<p class="empty">Nothing to show.</p>`;
  }
  return html`<div class="scroll"><table>
<thead><tr><th scope="col">${title}</th><th scope="col" class="num">Objects</th><th scope="col" class="num">Size</th></tr></thead>
<tbody>
${entries.map(([key, { objects, bytes }]) => html`<tr><th scope="row">${words(key)}</th><td class="num">${formatCount(objects)}</td><td class="num">${formatBytes(bytes)}</td></tr>\n`)}</tbody>
</table></div>`;
}
