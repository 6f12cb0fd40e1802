import { importsOf } from "./imports.js";
import { type Source, topFolder } from "./source.js";
import { nodesOf, position, type SyntaxNode } from "./syntax.js";

/**
 * `console` and `process` outside of cli/: a library neither prints, exits, listens to signals nor reads the environment.
 * `process.versions` alone is allowed: a constant that a run records.
 */
export function usesOfTheTerminal(sources: readonly Source[]): string[] {
  return sources
    .filter(({ path }) => topFolder(path) !== "cli")
    .flatMap((source) => [...globals(source), ...modules(source)]);
}

function globals(source: Source): string[] {
  return [...nodesOf(source)]
    .filter(([node, parent]) => isGlobal(node, parent) && !isVersions(node, parent))
    .map(([node]) => `${position(source, node)} uses ${String(node.name)}`);
}

function modules(source: Source): string[] {
  return importsOf(source)
    .filter(({ to }) => /^(node:)?(process|console|tty)$/.test(to))
    .map(({ at, to }) => `${at} imports ${to}`);
}

function isGlobal(node: SyntaxNode, parent: SyntaxNode): boolean {
  if (node.type !== "Identifier" || !["process", "console"].includes(String(node.name))) return false;
  const named = parent.type === "MemberExpression" ? parent.property === node && !parent.computed : parent.key === node;
  return !named;
}

function isVersions(node: SyntaxNode, parent: SyntaxNode): boolean {
  return node.name === "process" && (parent.property as SyntaxNode | undefined)?.name === "versions";
}
