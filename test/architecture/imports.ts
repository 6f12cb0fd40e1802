import { posix } from "node:path";
import type { Source } from "./source.js";
import { nodesOf, position, type SyntaxNode } from "./syntax.js";

export interface Import {
  readonly at: string;
  readonly from: string;
  /** A path from the root of the repository, or the name of a package as it is written. */
  readonly to: string;
  /** Nothing of it is left in the JavaScript. */
  readonly typeOnly: boolean;
}

/** Static and dynamic imports, re-exports and `import("...")` types. */
export function importsOf(source: Source): Import[] {
  return [...nodesOf(source)].flatMap(([node]) => {
    const specifier = specifierOf(node);
    if (specifier === undefined) return [];
    return [
      { at: position(source, node), from: source.path, to: target(source.path, specifier), typeOnly: isTypeOnly(node) },
    ];
  });
}

function specifierOf({ type, source }: SyntaxNode): string | undefined {
  if (!/^(Import|Export(Named|All))Declaration$|^ImportExpression$|^TSImportType$/.test(type)) return undefined;
  const { value } = (source ?? {}) as { value?: unknown };
  return typeof value === "string" ? value : undefined;
}

// `import { type A }` still runs the file: verbatimModuleSyntax leaves an import of nothing.
function isTypeOnly({ type, importKind, exportKind }: SyntaxNode): boolean {
  return type === "TSImportType" || importKind === "type" || exportKind === "type";
}

function target(path: string, specifier: string): string {
  if (!specifier.startsWith(".")) return specifier;
  return posix.join(posix.dirname(path), specifier).replace(/\.js$/, ".ts");
}
