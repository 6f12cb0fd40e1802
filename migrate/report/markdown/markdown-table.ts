import { visibleText } from "../../model/text.js";

/** A table of cells that are Markdown already; the named columns are set to the right. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  numeric: readonly string[] = [],
): string {
  const rule = head.map((column) => (numeric.includes(column) ? "---:" : "---"));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

// What could end a table cell or become HTML goes as an entity, since renderers disagree on backslashes there.
const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  "|": "&#124;",
  "@": "&#64;",
};

/** Text that stays text in Markdown, inside a table too: no markup, no link, no HTML, no line break. */
export function escapeMarkdown(text: string): string {
  return visibleText(text)
    .replace(/[\\`*_[\]#~^$]/g, "\\$&")
    .replace(/[&<>|@]/g, (character) => ENTITIES[character] ?? "")
    .replaceAll("://", "&#58;//")
    .replace(/www\./gi, (found) => `${found.slice(0, -1)}&#46;`);
}
