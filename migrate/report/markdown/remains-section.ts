import type { Remaining } from "../remains/remaining.js";
import { escapeMarkdown } from "./escape-markdown.js";

/** What is left to do, and what the run says nothing about: before any figure can be taken for more than it is. */
export function remainsSection(remaining: readonly Remaining[], limits: readonly string[]): string[] {
  const items = remaining.map(({ words }) => `- ${escapeMarkdown(words)}`);
  return [
    "## What remains",
    items.length === 0 ? "Nothing that this run saw." : items.join("\n"),
    ...(limits.length === 0 ? [] : ["Not covered:", limits.map((line) => `- ${escapeMarkdown(line)}`).join("\n")]),
  ];
}
