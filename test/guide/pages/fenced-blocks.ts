/** A fenced block of a Markdown page. */
export interface FencedBlock {
  /** The word after the fence, as `bash`. */
  readonly language: string;
  /** The words after that, as `not-run` or the name of a file. */
  readonly info: readonly string[];
  readonly text: string;
  /** Of its first line, as an editor counts. */
  readonly line: number;
}

/** The fenced blocks of a page, in order. An indented block is no fenced one. */
export function fencedBlocks(markdown: string): readonly FencedBlock[] {
  const blocks: FencedBlock[] = [];
  let open: { readonly words: readonly string[]; readonly line: number; readonly lines: string[] } | undefined;
  for (const [index, text] of markdown.split("\n").entries()) {
    const fence = /^```(.*)$/.exec(text);
    if (open === undefined) {
      if (fence) open = { words: (fence[1] ?? "").trim().split(/\s+/), line: index + 2, lines: [] };
    } else if (fence) {
      const [language = "", ...info] = open.words;
      blocks.push({ language, info, text: open.lines.join("\n"), line: open.line });
      open = undefined;
    } else {
      open.lines.push(text);
    }
  }
  if (open !== undefined) throw new Error(`the block that begins on line ${open.line} has no end`);
  return blocks;
}
