import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
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

export interface Property {
  readonly name: string;
  /** The text of `@default`; undefined if there is none. */
  readonly default: string | undefined;
  readonly optional: boolean;
  readonly readonly: boolean;
}

interface Declared {
  readonly parents: readonly string[];
  readonly own: readonly Property[];
}

const root = fileURLToPath(new URL("../../../constructs", import.meta.url));

const INTERFACE = /^export interface (\w+)(?:\s+extends\s+([\w\s,]+?))? \{\n(.*?)^\}/gms;
// Deeper indentation than two spaces belongs to the type of a property.
const MEMBER = /(?:^ {2}\/\*\*(.*?)\*\/\n)?^ {2}(readonly )?(\w+)(\?)?:/gms;

/** The properties of an interface in constructs/, including inherited ones, as in its source. */
export function propertiesOf(name: string): readonly Property[] {
  const found = declared.get(name);
  if (found === undefined) throw new Error(`there is no interface ${name}`);
  return [...found.own, ...found.parents.flatMap(propertiesOf)];
}

export function interfacesOf(text: string): (readonly [name: string, declared: Declared])[] {
  return [...text.matchAll(INTERFACE)].map(([, name = "", parents = "", body = ""]) => [
    name,
    { parents: parents.split(",").flatMap((parent) => parent.trim() || []), own: membersOf(body) },
  ]);
}

function membersOf(body: string): Property[] {
  return [...body.matchAll(MEMBER)].map(([, comment = "", readonly, name = "", optional]) => ({
    name,
    default: /@default ([^\n]*?)\s*(?:\n|$)/.exec(comment)?.[1],
    optional: optional !== undefined,
    readonly: readonly !== undefined,
  }));
}

const texts = readdirSync(root, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .map((file) => readFileSync(join(root, file), "utf8"));

/**
 * The interfaces that make up the properties of all features, as in `Feature<AdoptionProps &
 * RemovalProps>`.
 */
const FEATURE = /^export const \w+: Feature<\s*(\w+(?: & \w+)*)/gm;
const ofFeatures = texts.flatMap((text) => [...text.matchAll(FEATURE)].flatMap(([, names = ""]) => names.split(" & ")));

const declared: ReadonlyMap<string, Declared> = new Map([
  ...texts.flatMap(interfacesOf),
  ["FeatureProps", { parents: ofFeatures, own: [] }] as const,
]);

/** The exported interfaces of constructs/. */
export const INTERFACES: readonly string[] = [...declared.keys()];
