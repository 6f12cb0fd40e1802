/** One use of a mark in a text. */
export interface Mark {
  readonly name: MarkName;
  /** The words around it. */
  readonly excerpt: string;
}

type MarkName = keyof typeof MARKS;

/**
 * Uses of words that make correct English tiring to read, because they follow the grammar of another language. A `where` counts
 * unless a verb or preposition before it asks for a place. So a few honest places count too: the limits leave room for them.
 */
const MARKS = {
  "where for if":
    /(?<!\b(?:know|knows|see|sees|shows?|says?|find|learns?|decides?|from|to|is|are) )\bwhere\b(?! to\b)/gi,
  whoever: /\bwho(?:m|so)?ever\b/gi,
  "stands for is": /\b(?:stand|stands|stood)\b(?! (?:for|in for|still|out)\b)/gi,
  "is told": /\btold\b(?! apart\b)/gi,
  "of what": /\bof what\b/gi,
  "sentence that begins with What, Whose or Of":
    /(?<=^|[.:!?] |\n|\| )(?:What|Whatever|Whose|Whom|Of)\b(?![^.\n|]*\?)/g,
  "is taken": /\b(?:is|are|was|were|be) taken\b(?! over\b)/gi,
  "found out": /\b(?:found|finds?) out\b/gi,
  "sums that close": /\b(?:totals?|sums?|scopes?) (?:do not |does not )?closes?\b/gi,
} as const;

export function marksIn(text: string): readonly Mark[] {
  return Object.entries(MARKS).flatMap(([name, pattern]) =>
    [...text.matchAll(pattern)].map(({ index }) => ({
      name: name as MarkName,
      excerpt: text.slice(Math.max(0, index - 40), index + 60).replaceAll(/\s+/g, " "),
    })),
  );
}

export function wordsIn(text: string): number {
  return text.match(/[A-Za-z][\w'-]*/g)?.length ?? 0;
}

/** The sentences of a page, a line each paragraph, item or row: no code, no headings, no link targets. */
export function proseOf(markdown: string): string {
  return markdown
    .replaceAll(/^```.*?^```$/gms, "")
    .replaceAll(/^( {4}|#).*$/gm, "")
    .replaceAll(/`[^`\n]*`/g, "x")
    .replaceAll(/\]\([^)\s]*\)/g, "]")
    .replaceAll(/^\s*(?:[-*>]|\d+\.)\s+/gm, "\n")
    .replaceAll(/[*[\]]/g, "")
    .replaceAll(/(?<=[^\n|]) *\n *(?=[^\n|])/g, " ");
}

/** The comments of a source as sentences, a line each. Expects formatted code: a comment has its own line, or ends one. */
export function commentsOf(source: string): string {
  const comments: string[] = [];
  let continues = false;
  for (const line of source.split("\n")) {
    const text = /^\s*(?:\/\/|\/\*\*?|\*(?!\/))\s?(.*?)\s*(?:\*\/)?$/.exec(line)?.[1];
    const trailing = text === undefined ? /[;,{)\]] \/\/ (.*)$/.exec(line)?.[1] : undefined;
    if (text !== undefined && continues && text !== "") comments.push(`${comments.pop() ?? ""} ${text}`);
    else comments.push(text ?? trailing ?? "");
    continues = text !== undefined && text !== "" && !line.trimEnd().endsWith("*/");
  }
  return comments
    .filter((comment) => comment.trim() !== "")
    .map((comment) => comment.trim().replaceAll(/`[^`]*`/g, "x"))
    .join("\n");
}
