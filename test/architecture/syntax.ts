import { parseAst } from "vitest/node";
import type { Source } from "./source.js";

export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly [property: string]: unknown;
}

/** Every node of the file's syntax tree with the node that holds it, the outermost first. */
export function* nodesOf({ text }: Source): Generator<readonly [node: SyntaxNode, parent: SyntaxNode]> {
  const program = parseAst(text, { lang: "ts" }) as unknown as SyntaxNode;
  const open: [SyntaxNode, SyntaxNode][] = [[program, program]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [node] = next;
    yield next;
    for (const child of Object.values(node).flat().filter(isNode)) open.push([child, node]);
  }
}

/** Where something stands, as an editor opens it. */
export function position({ path, text }: Source, { start }: SyntaxNode): string {
  return `${path}:${text.slice(0, start).split("\n").length}`;
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === "object" && value !== null && "type" in value && "start" in value;
}
