import type { RunRecord } from "../../../journal/run-record.js";
import { runSettings } from "../../run-settings.js";
import { html, type Markup, markedText, NOTHING } from "../markup.js";

/** The options in effect; those that were given stand out. */
export function settingSection(run: RunRecord): Markup {
  const settings = runSettings(run);
  if (settings.length === 0) return NOTHING;
  const rows = settings.map(
    ({ name, value, origin }) =>
      html`<tr class="${origin}"><th scope="row">${markedText(name)}</th><td><span class="key">${markedText(value)}</span></td><td>${origin}</td></tr>\n`,
  );
  return html`<section id="settings">
<h2>Settings</h2>
<p class="lead">What the run went by: as it was given, or else by default.</p>
<div class="scroll"><table class="settings">
<thead><tr><th scope="col">Option</th><th scope="col">Value</th><th scope="col">Origin</th></tr></thead>
<tbody>
${rows}</tbody>
</table></div>
</section>
`;
}
