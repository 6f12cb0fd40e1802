import { findExecutable } from "../../servers/programs.js";

/** A fenced block of a Markdown page. */
interface FencedBlock {
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

/** What a reader does with a page: one block of commands, or one file to write. */
export type Step =
  | {
      readonly kind: "commands";
      readonly text: string;
      readonly line: number;
      readonly fails: boolean;
      /** What the page shows of the output: lines in their order, in which `...` stands for anything. */
      readonly shown: readonly string[];
    }
  | { readonly kind: "file"; readonly name: string; readonly text: string };

/**
 * A `bash` block is run, and a `text` block right after it is what it prints; `fails` says that it ends with an error. It is left
 * out where it says `not-run`, as what needs an account does, `needs=PROGRAM` for one that is not here, or `deploys` where
 * Terraform is not asked for. Any other block that names a file is that file.
 */
export function stepsOf(markdown: string, { deploys = false } = {}): readonly Step[] {
  const blocks = fencedBlocks(markdown);
  return blocks.flatMap((block, index): Step[] => {
    if (isLeftOut(block) || (block.info.includes("deploys") && !deploys)) return [];
    if (block.language === "bash") return [commandsOf(block, blocks[index + 1])];
    const name = block.info.find((word) => /^[\w-]+\.\w+$/.test(word));
    return name === undefined ? [] : [{ kind: "file", name, text: block.text }];
  });
}

function isLeftOut({ info }: FencedBlock): boolean {
  const needed = info.flatMap((word) => /^needs=(\w+)$/.exec(word)?.[1] ?? []);
  return info.includes("not-run") || needed.some((program) => findExecutable(program) === undefined);
}

function commandsOf({ text, line, info }: FencedBlock, next: FencedBlock | undefined): Step {
  const shown = next?.language === "text" ? next.text.split("\n").filter((shownLine) => shownLine.trim() !== "") : [];
  return { kind: "commands", text, line, fails: info.includes("fails"), shown };
}
