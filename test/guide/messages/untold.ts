import type { Message } from "./messages-of.js";

/** What a page shows as code: the texts of its entries. */
export function codeSpans(markdown: string): readonly string[] {
  const spans = [...markdown.matchAll(/``\s(.+?)\s``|`([^`\n]+)`/g)];
  return spans.map(([, double, single]) => (double ?? single ?? "").trim());
}

/** The messages that no entry of the page holds, whatever stands there for their placeholders. */
export function untold(messages: readonly Message[], markdown: string): readonly string[] {
  const spans = codeSpans(markdown);
  const missing = messages.filter(({ parts }) => {
    const pattern = new RegExp(parts.map((part) => escaped(part.trim())).join(".*"));
    return !spans.some((span) => pattern.test(span));
  });
  return missing.map(({ parts, at }) => `${at} says "${parts.join("...")}"`);
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
