import { visibleParts, visibleText } from "../../model/text.js";
import type { Language } from "../language.js";

/**
 * Markup that is safe. Only `html` and `trustedMarkup` create it, so plain text cannot be mistaken for it.
 */
export interface Markup {
  readonly markup: string;
}

type Value = string | number | Markup | readonly Markup[];

/**
 * A template that escapes all values except markup. Safe in text and in quoted attributes. Control and
 * bidirectional characters become visible tokens.
 */
export function html(pieces: TemplateStringsArray, ...values: readonly Value[]): Markup {
  return { markup: String.raw({ raw: pieces }, ...values.map(insert)) };
}

/** Only for this project's own text: the style and script of the page. */
export function trustedMarkup(markup: string): Markup {
  return { markup };
}

export const NOTHING: Markup = { markup: "" };

/** Marks the tokens of invisible characters, so that they differ from the same text typed literally. */
export function markedText(text: string): Markup {
  return html`<bdi>${parts(text)}</bdi>`;
}

/** The same for words that the run recorded, which are English in a page of any language. */
export function recordedText(text: string, { code }: Language): Markup {
  return code === "en" ? markedText(text) : html`<bdi lang="en">${parts(text)}</bdi>`;
}

function parts(text: string): readonly Markup[] {
  return visibleParts(text).map((part) =>
    part.kind === "token" ? html`<i class="token">${part.text}</i>` : html`${part.text}`,
  );
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
