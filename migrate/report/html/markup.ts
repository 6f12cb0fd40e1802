import { visibleParts, visibleText } from "../../model/text.js";

/** Markup that is known to be safe. Only `html` and `trustedMarkup` make it, so plain text cannot pass for it. */
export interface Markup {
  readonly markup: string;
}

type Value = string | number | Markup | readonly Markup[];

/**
 * A template whose values are escaped unless they are markup already. Safe in text and in quoted attributes;
 * control and bidirectional characters become visible tokens.
 */
export function html(pieces: TemplateStringsArray, ...values: readonly Value[]): Markup {
  return { markup: String.raw({ raw: pieces }, ...values.map(insert)) };
}

/** For this project's own text alone: the style and the script of the page. */
export function trustedMarkup(markup: string): Markup {
  return { markup };
}

export const NOTHING: Markup = { markup: "" };

/** Text whose invisible characters stand out from those of the same look typed into it. */
export function markedText(text: string): Markup {
  return html`<bdi>${visibleParts(text).map((part) => (part.kind === "token" ? html`<i class="token">${part.text}</i>` : html`${part.text}`))}</bdi>`;
}

function insert(value: Value): string {
  if (typeof value === "string") {
    return escapeHtml(visibleText(value));
  }
  if (typeof value === "number") {
    return String(value);
  }
  return "markup" in value ? value.markup : value.map(({ markup }) => markup).join("");
}

function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}
