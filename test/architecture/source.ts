import { readdirSync, readFileSync } from "node:fs";
import { join, posix, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { parseAst } from "vitest/node";

const root = fileURLToPath(new URL("../..", import.meta.url));

export interface Source {
  /** From the root of the repository, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** Every TypeScript file below these folders. */
export function readSources(folders: readonly string[]): Source[] {
  const paths = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((path) => join(root, folder, path)),
  );
  return paths
    .filter((path) => path.endsWith(".ts"))
    .sort()
    .map((path) => ({ path: relative(root, path).replaceAll(sep, "/"), text: readFileSync(path, "utf8") }));
}

export function topFolder(path: string): string {
  return path.split("/", 1)[0] ?? path;
}

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

/** The position of a node, as an editor opens it. */
export function position({ path, text }: Source, { start }: SyntaxNode): string {
  return `${path}:${text.slice(0, start).split("\n").length}`;
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === "object" && value !== null && "type" in value && "start" in value;
}

export interface Import {
  readonly at: string;
  readonly from: string;
  /** A path from the root of the repository, or the name of a package as it is written. */
  readonly to: string;
  /** Nothing of it is left in the JavaScript. */
  readonly typeOnly: boolean;
}

const importsFound = new WeakMap<Source, readonly Import[]>();

/** Static and dynamic imports, re-exports and `import("...")` types. Several rules look at those of one file. */
export function importsOf(source: Source): readonly Import[] {
  const found = importsFound.get(source) ?? findImports(source);
  importsFound.set(source, found);
  return found;
}

function findImports(source: Source): Import[] {
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
