import { basename } from "node:path";
import { type Import, importsOf, nodesOf, position, type Source, type SyntaxNode, topFolder } from "./source.js";

/** The folders that each folder may import beside itself: the table of docs/ARCHITECTURE.md. */
export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  providers: [],
  constructs: ["providers"],
  migrate: ["providers"],
  sandbox: ["providers"],
  cli: ["migrate", "sandbox", "providers"],
};

const TERRAFORM_PACKAGES = /^(cdktf|constructs|@cdktf\/.*)$/;

/** Imports that cross a border that they must not cross, or cross it elsewhere than at the other folder's index.ts. */
export function forbiddenImports(sources: readonly Source[]): string[] {
  return sources.flatMap(importsOf).flatMap((found) => {
    const problem = found.to.endsWith(".ts") ? problemWithFile(found) : problemWithPackage(found);
    return problem === undefined ? [] : [`${found.at} imports ${found.to}: ${problem}`];
  });
}

function problemWithFile({ from, to }: Import): string | undefined {
  const [folder, other] = [topFolder(from), topFolder(to)];
  if (folder === other) return undefined;
  if (!MAY_IMPORT[folder]?.includes(other)) return `${folder}/ may not import ${other}/`;
  // cli/ is one package with migrate/, and prints with its words and figures, which are no part of the library's API.
  return folder === "cli" || to === `${other}/index.ts` ? undefined : `${other}/ is entered by its index.ts`;
}

function problemWithPackage({ from, to }: Import): string | undefined {
  const folder = topFolder(from);
  if (folder === "providers") return "providers/ is data alone";
  // The peers are optional: users who only migrate do not have them.
  if (folder !== "constructs" && TERRAFORM_PACKAGES.test(to)) return `${folder}/ works without the peers`;
  return undefined;
}

/** Each ring of files that import each other, reported once. An import of types alone counts: it ties the files together as much. */
export function importCycles(sources: readonly Source[]): string[] {
  const graph = new Map(sources.map((source) => [source.path, importsOf(source).map(({ to }) => to)]));
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, road: readonly string[]) => {
    const start = road.indexOf(path);
    if (start !== -1) cycles.push([...road.slice(start), path].join(" -> "));
    if (start !== -1 || done.has(path)) return;
    for (const next of graph.get(path) ?? []) visit(next, [...road, path]);
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  return cycles;
}

const KEBAB_CASE = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const SAYS_NOTHING = /^(utils?|helpers?|common|shared|misc|manager|service|base)$/;

/** Files and folders that are not kebab-case, or whose name does not say what they do. */
export function misnamedFiles(sources: readonly Source[]): string[] {
  return sources.flatMap(({ path }) => {
    const names = path.replace(/(\.test|\.config|\.d)?\.ts$/, "").split("/");
    const odd = names.find((name) => !KEBAB_CASE.test(name));
    if (odd !== undefined) return [`${path}: "${odd}" is not kebab-case`];
    const vague = [...names.slice(0, -1), ...basename(names.at(-1) ?? "").split("-")].find((word) =>
      SAYS_NOTHING.test(word),
    );
    return vague === undefined ? [] : [`${path}: "${vague}" does not say what it does`];
  });
}

/** Default exports, which nobody can search for by name. The files that tools read as configuration must have one. */
export function defaultExports(sources: readonly Source[]): string[] {
  return sources
    .filter(({ path, text }) => !path.endsWith(".config.ts") && text.includes("default"))
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
  if (!/process|console/.test(source.text)) return [];
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

/** The folders of migrate/, lowest first: each may import only those before it. The table of docs/ARCHITECTURE.md. */
export const RANKS = [
  "store",
  "model",
  "keys",
  "plan",
  "journal",
  "list",
  "object",
  "report",
  "evidence",
  "compare",
  "versions",
  "probe",
  "options",
  "run",
];

/** Files beside the folders, which all of them may import. */
const BELOW_ALL: ReadonlySet<string> = new Set(["migrate/errors.ts"]);

/** Imports, of types too, from a folder of migrate/ to one above it; and folders without a rank. */
export function upwardImports(sources: readonly Source[]): string[] {
  return sources.flatMap(importsOf).flatMap(({ at, from, to }) => {
    if (!to.startsWith("migrate/") || BELOW_ALL.has(to)) return [];
    const [mine, other] = [rankOf(from), rankOf(to)];
    if (mine === -1) return [`${at}: its folder has no rank`];
    return other > mine ? [`${at} imports ${to}, which is above it`] : [];
  });
}

/** Files beside the folders are above them all; -1 for a folder that is not ranked. */
function rankOf(path: string): number {
  const [top, folder, ...rest] = path.split("/");
  if (top !== "migrate" || rest.length === 0) return RANKS.length;
  return RANKS.indexOf(folder ?? "");
}

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
