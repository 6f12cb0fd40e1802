import { visibleText } from "../../model/text.js";

/** A table of cells that are already Markdown. The `numeric` columns are right-aligned. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  numeric: readonly string[] = [],
): string {
  const rule = head.map((column) => (numeric.includes(column) ? "---:" : "---"));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

// Characters that could end a table cell or become HTML are written as entities, since renderers disagree on
// backslashes there.
const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  "|": "&#124;",
  "@": "&#64;",
};

/** Escapes text so that it stays text in Markdown and in tables: no markup, link, HTML or line break. */
export function escapeMarkdown(text: string): string {
  return visibleText(text)
    .replace(/[\\`*_[\]#~^$]/g, "\\$&")
    .replace(/[&<>|@]/g, (character) => ENTITIES[character] ?? "")
    .replaceAll("://", "&#58;//")
    .replace(/www\./gi, (found) => `${found.slice(0, -1)}&#46;`);
}
