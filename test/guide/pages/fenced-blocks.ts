import { findExecutable } from "../../servers/programs.js";

/** A fenced block of a Markdown page. */
export interface FencedBlock {
  /** The word after the fence, as `bash`. */
  readonly language: string;
  /** The words after that, as `not-run` or the name of a file. */
  readonly info: readonly string[];
  readonly text: string;
  /** The number of its first line, as an editor counts. */
  readonly line: number;
}

/** The fenced blocks of a page, those of its lists too, in order. */
export function fencedBlocks(markdown: string): readonly FencedBlock[] {
  const blocks: FencedBlock[] = [];
  let open:
    | { readonly blanks: number; readonly words: readonly string[]; readonly line: number; readonly lines: string[] }
    | undefined;
  for (const [index, text] of markdown.split("\n").entries()) {
    const fence = /^( *)```(.*)$/.exec(text);
    if (open === undefined) {
      if (fence)
        open = {
          blanks: fence[1]?.length ?? 0,
          words: (fence[2] ?? "").trim().split(/\s+/),
          line: index + 2,
          lines: [],
        };
    } else if (fence) {
      const [language = "", ...info] = open.words;
      blocks.push({ language, info, text: open.lines.join("\n"), line: open.line });
      open = undefined;
    } else {
      open.lines.push(text.slice(open.blanks));
    }
  }
  if (open !== undefined) throw new Error(`the block that begins on line ${open.line} has no end`);
  return blocks;
}

const SHELLS = ["bash", "sh", "shell", "console", "zsh"];
const PROGRAM = /^(\$ )?(aws|bucketseal|curl|export|git|jq|kubectl|node|npm|npx|openssl|redis-server|terraform) /m;

/** Every block that a reader would copy into a terminal, and every indented one. */
export function commandBlocks(markdown: string): readonly FencedBlock[] {
  const fenced = fencedBlocks(markdown).filter(
    ({ language, text }) =>
      SHELLS.includes(language) || (language === "" && PROGRAM.test(text)) || text.includes("&& bucketseal "),
  );
  return [...fenced, ...indentedBlocks(markdown)];
}

/** Blocks without a fence, which four blanks indent. Within a list such a line belongs to its item. */
function indentedBlocks(markdown: string): readonly FencedBlock[] {
  const prose = markdown.replaceAll(/^ *```.*?^ *```$/gms, (fenced) => fenced.replaceAll(/.+/g, "-"));
  const found = prose.matchAll(/(?<=^(?! |[-*] |\d+\. ).+\n\n)(?: {4}.*\n)+/gm);
  return [...found].map(({ 0: text, index }) => ({
    language: "",
    info: [],
    text: text.replaceAll(/^ {4}/gm, "").trimEnd(),
    line: prose.slice(0, index).split("\n").length,
  }));
}

/** One step of a reader of a page: one block of commands, or one file to write. */
export type Step =
  | {
      readonly kind: "commands";
      readonly text: string;
      readonly line: number;
      readonly fails: boolean;
      /** It stays running while the rest of the page is done, as in another terminal. */
      readonly stays: boolean;
      /** What the page shows of the output: lines in their order, in which `...` stands for anything. */
      readonly shown: readonly string[];
    }
  | { readonly kind: "file"; readonly name: string; readonly text: string };

/**
 * A `bash` block is run, and a `text` block right after it is what it prints; `fails` says that it ends with an error, `stays` that
 * it stays running. It is left out if the caller says so of its text, or if it says `not-run`, as a block does that needs an account, `needs=PROGRAM` for a program that is missing here, or `deploys` if
 * Terraform is not asked for. Any other block that names a file is that file.
 */
export function stepsOf(
  markdown: string,
  { deploys = false, isElsewhere = (_text: string): boolean => false } = {},
): readonly Step[] {
  const blocks = fencedBlocks(markdown);
  return blocks.flatMap((block, index): Step[] => {
    if (isLeftOut(block) || (block.info.includes("deploys") && !deploys)) return [];
    if (block.language === "bash" && isElsewhere(block.text)) return [];
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
  return { kind: "commands", text, line, fails: info.includes("fails"), stays: info.includes("stays"), shown };
}
