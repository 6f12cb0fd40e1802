import { nodesOf, position, type Source, type SyntaxNode } from "../../architecture/source.js";

/** A text of the sources that a person gets to read when something is wrong. */
interface Message {
  /** The text between its placeholders. */
  readonly parts: readonly string[];
  readonly at: string;
}

const THROWN = new Set(["RunError", "UsageError", "Error"]);
/** Functions whose arguments are such texts. */
const TELLS = new Set(["badEntries", "refused"]);
/** Lists, tables and functions that are made of them, and properties that hold one. */
const HOLDS = /(^(why|wayOut|WORDS)|([pP]roblems?|[wW]arnings|CAVEATS|[cC]aveats|Refusal|obstacleWords|complaint))$/;
/** Fewer are a piece of a message, as a name or a unit. */
const LEAST_WORDS = 4;

/** All such texts of a file. Plain errors are bugs but in the constructs, which throw nothing else. */
export function messagesOf(source: Source): readonly Message[] {
  const parents = new Map(nodesOf(source));
  const found: Message[] = [];
  for (const [node, parent] of parents) {
    const parts = parent.type === "Property" && parent.key === node ? undefined : partsOf(node);
    if (parts === undefined || wordsOf(parts) < LEAST_WORDS) continue;
    if (isTold(node, parents, source)) found.push({ parts, at: position(source, node) });
  }
  return found;
}

function partsOf(node: SyntaxNode): readonly string[] | undefined {
  if (node.type === "Literal" && typeof node.value === "string") return [node.value];
  if (node.type !== "TemplateLiteral") return undefined;
  return (node.quasis as readonly { readonly value: { readonly cooked: string } }[]).map(({ value }) => value.cooked);
}

function wordsOf(parts: readonly string[]): number {
  return parts.join(" ").match(/(?<![\w-])[A-Za-z]{2,}(?![\w-])/g)?.length ?? 0;
}

function isTold(node: SyntaxNode, parents: ReadonlyMap<SyntaxNode, SyntaxNode>, source: Source): boolean {
  for (let at = parents.get(node); at !== undefined && at !== parents.get(at); at = parents.get(at)) {
    const told = tells(at, source);
    if (told !== undefined) return told;
  }
  return false;
}

/** Whether the text in a node is a message; undefined if the node around it decides that. */
function tells(node: SyntaxNode, { path }: Source): boolean | undefined {
  const name = nameOf(node);
  if (name === undefined) return undefined;
  if (node.type === "NewExpression") {
    return THROWN.has(name) ? name !== "Error" || path.startsWith("constructs/") : undefined;
  }
  const isTeller = node.type === "CallExpression" ? TELLS.has(name) || isPush(node) : HOLDS.test(name);
  return isTeller || undefined;
}

interface Named {
  readonly name?: string;
  readonly object?: Named;
  readonly property?: Named;
}

/** The name of the function or class that a node calls or makes. */
function nameOf(node: SyntaxNode): string | undefined {
  const { id, key, callee } = node as { id?: Named | null; key?: Named; callee?: Named };
  if (node.type === "NewExpression" || node.type === "CallExpression") return callee?.name ?? callee?.property?.name;
  if (node.type === "Property") return key?.name;
  return node.type === "VariableDeclarator" || node.type === "FunctionDeclaration" ? id?.name : undefined;
}

function isPush(node: SyntaxNode): boolean {
  const { object, property } = node.callee as Named;
  return property?.name === "push" && HOLDS.test(object?.name ?? "");
}

/** The texts that a page shows as code: those of its entries. */
export function codeSpans(markdown: string): readonly string[] {
  const spans = [...markdown.matchAll(/``\s(.+?)\s``|`([^`\n]+)`/g)];
  return spans.map(([, double, single]) => (double ?? single ?? "").trim());
}

/** The messages that no entry of the page contains, with any text for their placeholders. */
export function untold(messages: readonly Message[], markdown: string): readonly string[] {
  const spans = codeSpans(markdown);
  const missing = messages.filter(({ parts }) => {
    const pattern = new RegExp(parts.map((part) => escaped(part.trim())).join(".*"));
    return !spans.some((span) => pattern.test(span));
  });
  return missing.map(({ parts, at }) => `${at} says "${parts.join("...")}"`);
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
