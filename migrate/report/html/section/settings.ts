import type { RunRecord } from "../../../journal/run-record.js";
import { runSettings } from "../../run-facts.js";
import { html, type Markup, markedText, NOTHING } from "../markup.js";

export function settingSection(run: RunRecord): Markup {
  const settings = runSettings(run);
  if (settings.length === 0) {
    return NOTHING;
  }
  return html`<section>
<h2>Settings</h2>
<div class="scroll"><table class="settings">
<thead><tr><th scope="col">Option</th><th scope="col">Value</th></tr></thead>
<tbody>
${settings.map(([name, value]) => html`<tr><th scope="row">${markedText(name)}</th><td><span class="key">${markedText(value)}</span></td></tr>\n`)}</tbody>
</table></div>
</section>
`;
}
