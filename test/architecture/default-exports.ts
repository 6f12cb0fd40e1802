import type { Source } from "./source.js";
import { nodesOf, position } from "./syntax.js";

/** Default exports, which nobody can search for by name. The files that tools read as configuration must have one. */
export function defaultExports(sources: readonly Source[]): string[] {
  return sources
    .filter(({ path }) => !path.endsWith(".config.ts"))
    .flatMap((source) =>
      [...nodesOf(source)]
        .filter(([node, parent]) => node.type === "ExportDefaultDeclaration" || isNamedDefault(node, parent))
        .map(([node]) => position(source, node)),
    );
}

function isNamedDefault({ type, exported }: { type: string; exported?: unknown }, parent: { type: string }): boolean {
  return (
    type === "ExportSpecifier" &&
    parent.type === "ExportNamedDeclaration" &&
    (exported as { name?: unknown }).name === "default"
  );
}
