import { readFileSync } from "node:fs";
import { expect } from "vitest";

/** docs/constructs.md */
export const PAGE = readFileSync(new URL("../../../docs/constructs.md", import.meta.url), "utf8");

export type Row = readonly string[];

interface Table {
  readonly head: Row;
  readonly rows: readonly Row[];
}

/** The rows of the one table whose head begins with these cells. */
export function rowsOf(...heads: readonly string[]): readonly Row[] {
  const found = tablesOf(PAGE).filter(({ head }) => heads.every((text, index) => head[index] === text));
  expect(found, heads.join(" | ")).toHaveLength(1);
  return found[0]?.rows ?? [];
}

/** The texts in backquotes. */
export function namesIn(cell = ""): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);
}

/** The texts in backquotes in the first column. */
export function firstNames(rows: readonly Row[]): string[] {
  return rows.flatMap(([first]) => namesIn(first));
}

function tablesOf(markdown: string): readonly Table[] {
  return [...markdown.matchAll(/(?:^\|.*\n)+/gm)].map(([text]) => {
    const [head = [], , ...rows] = text.trimEnd().split("\n").map(cellsOf);
    return { head, rows };
  });
}

// A bar within a cell is written "\|".
function cellsOf(line: string): string[] {
  return line
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim());
}
