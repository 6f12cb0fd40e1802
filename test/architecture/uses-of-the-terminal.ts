import { importsOf } from "./imports.js";
import { type Source, topFolder } from "./source.js";
import { nodesOf, position, type SyntaxNode } from "./syntax.js";

/**
 * `console` and `process` outside of cli/: a library neither prints, exits, listens to signals nor reads the environment.
 * `process.versions` is allowed, a constant that a run records; `process.pid` and `process.kill` are where a lock is, which
 * asks by signal 0 whether its holder is still there.
 */
export function usesOfTheTerminal(sources: readonly Source[]): string[] {
  return sources
    .filter(({ path }) => topFolder(path) !== "cli")
    .flatMap((source) => [...globals(source), ...modules(source)]);
}

function globals(source: Source): string[] {
  return [...nodesOf(source)]
    .filter(([node, parent]) => isGlobal(node, parent) && !isAllowed(source, node, parent))
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

function isAllowed({ path }: Source, node: SyntaxNode, parent: SyntaxNode): boolean {
  const name = String((parent.property as SyntaxNode | undefined)?.name);
  if (node.name !== "process") return false;
  return name === "versions" || (path.endsWith("/run-lock.ts") && ["pid", "kill"].includes(name));
}
