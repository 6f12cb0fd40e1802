import { formatCount } from "../../../model/text.js";
import type { Survey } from "../../survey.js";
import { html, type Markup, NOTHING } from "../markup.js";

/** The way to each part of the page. */
export function contents({ summary, exceptions, versionExceptions }: Survey): Markup {
  const parts = [
    ["run", "The run"],
    ["totals", "Totals"],
    ["prefixes", "By prefix"],
    ...(summary.total.noncurrent === undefined ? [] : [["older-versions", "Older versions"]]),
    ["buckets", "Buckets"],
    ["controls", "Controls"],
    ["settings", "Settings"],
    ["files", "Files"],
  ] as const;
  const total = exceptions.total + versionExceptions.total;
  const last =
    total === 0 ? NOTHING : html`<a href="#exceptions"><b>${formatCount(total)} to look at one by one</b></a>\n`;
  return html`<nav class="contents" aria-label="Contents">
${parts.map(([id, words]) => html`<a href="#${id ?? ""}">${words ?? ""}</a>\n`)}${last}</nav>
`;
}
