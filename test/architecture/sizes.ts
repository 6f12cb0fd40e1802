import { nodesOf, position, type Source, type SyntaxNode } from "./source.js";

const MAX_FILES = 420;
const MAX_LINES = 300;
const MAX_FUNCTION_LINES = 40;

/** The measurements of docs/ARCHITECTURE.md: a file is a concern, neither a fragment nor a heap. */
interface Sizes {
  readonly files: number;
  readonly median: number;
  /** Nine files in ten have at most so many lines. */
  readonly ninetieth: number;
  readonly longest: number;
  /** The share of files with fewer than 30 lines. */
  readonly fragments: number;
}

function sizesOf(sources: readonly Source[]): Sizes {
  const lines = sources.map(linesOf).sort((left, right) => left - right);
  const at = (share: number) => lines[Math.min(lines.length - 1, Math.floor(lines.length * share))] ?? 0;
  const fragments = lines.filter((count) => count < 30).length / Math.max(1, lines.length);
  return { files: lines.length, median: at(0.5), ninetieth: at(0.9), longest: at(1), fragments };
}

/** The limits that these sources exceed, in words. */
export function sizeProblems(sources: readonly Source[]): string[] {
  const { files, median, ninetieth, fragments } = sizesOf(sources);
  const problems = sources.filter((source) => linesOf(source) > MAX_LINES).map(({ path }) => `${path} is too long`);
  if (files > MAX_FILES) problems.push(`there are ${files} files, more than ${MAX_FILES}`);
  if (median < 80 || median > 130) problems.push(`the median file has ${median} lines, not 80 to 130`);
  if (ninetieth >= 200) problems.push(`one file in ten has ${ninetieth} lines or more, not under 200`);
  if (fragments > 0.05) problems.push(`${(100 * fragments).toFixed(1)} % of the files have under 30 lines, not 5 %`);
  return problems;
}

/** Functions of 40 lines and more, signature and braces included. */
export function longFunctions(sources: readonly Source[]): string[] {
  return sources.flatMap((source) =>
    [...nodesOf(source)].flatMap(([node]) => {
      if (!isFunction(node)) return [];
      const { start, end } = node as SyntaxNode & { readonly end: number };
      const lines = source.text.slice(start, end).split("\n").length;
      return lines < MAX_FUNCTION_LINES ? [] : [`${position(source, node)} has ${lines} lines`];
    }),
  );
}

function isFunction({ type, body }: SyntaxNode): boolean {
  const isBlock = (body as SyntaxNode | null | undefined)?.type === "BlockStatement";
  return isBlock && /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(type);
}

function linesOf({ text }: Source): number {
  return text.split("\n").length - 1;
}
