import type { RunRecord } from "../../../journal/run-record.js";
import { runSettings, type Setting } from "../../run-settings.js";
import { html, type Markup, markedText, NOTHING } from "../markup.js";

/** The options in effect; those that were given stand out. */
export function settingSection(run: RunRecord): Markup {
  const settings = runSettings(run);
  if (settings.length === 0) return NOTHING;
  return html`<section id="settings">
<h2>Settings</h2>
<p class="lead">What the run went by. What was given is marked; the rest is by default.</p>
<dl class="facts settings">
${settings.map(setting)}</dl>
</section>
`;
}

function setting({ name, value, origin }: Setting): Markup {
  const mark = origin === "given" ? html` <span class="given">given</span>` : NOTHING;
  return html`<div><dt>${markedText(name)}${mark}</dt><dd class="key">${markedText(value)}</dd></div>\n`;
}
