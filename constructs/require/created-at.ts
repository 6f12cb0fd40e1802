import { readFileSync } from "node:fs";
import { SourceMap, type SourceMapPayload } from "node:module";
import { dirname, isAbsolute, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { IConstruct } from "constructs";

/**
 * The folder of this library, taken from one of its own stack frames: `import.meta` and `__dirname`
 * each exist in only one module system.
 */
const LIBRARY = dirname(dirname(framesOf(new Error("a stack is needed")).map(positionIn)[0]?.file ?? "")) + sep;

/**
 * The file and line in the user's own code that created a construct, as in `main.ts:12`; undefined
 * if nothing recorded it. CDKTF's constructs record none, but generated bindings record a
 * `creationStack` in the references to their blocks.
 */
export function createdAt(construct: IConstruct): string | undefined {
  const values: unknown[] = Object.values(construct);
  const own = values.filter((value) => isObject(value) && Reflect.get(value, "terraformResource") === construct);
  const stacks = own.map((value) => Reflect.get(value as object, "creationStack") as unknown);
  const frames = stacks.find((stack): stack is string[] => Array.isArray(stack) && stack.length > 0) ?? [];
  const position = frames.map(positionIn).find((found) => found !== undefined && isOwnCode(found.file));
  if (position === undefined) return undefined;
  const { file, line } = originalPosition(position);
  return `${shortened(file)}:${line}`;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function framesOf({ stack = "" }: Error): string[] {
  return stack
    .split("\n")
    .slice(1)
    .map((frame) => frame.replace(/^\s*at /, ""));
}

/** Parses a frame of V8: `new Thing (file:///app/main.ts:3:5)`, or only the position. */
function positionIn(frame: string): Position | undefined {
  const [, place, line, column] = /(?:^|\()((?:file:\/\/)?[^()]+?):(\d+):(\d+)\)?$/.exec(frame) ?? [];
  if (place === undefined) return undefined;
  const file = place.startsWith("file://") ? fileURLToPath(place) : place;
  return isAbsolute(file) ? { file, line: Number(line), column: Number(column) } : undefined;
}

function isOwnCode(file: string): boolean {
  return !file.startsWith(LIBRARY) && !file.split(sep).includes("node_modules");
}

function shortened(file: string): string {
  const short = relative(resolve(), file);
  return short.startsWith("..") || isAbsolute(short) ? file : short;
}

interface Position {
  readonly file: string;
  /** Both count from 1. */
  readonly line: number;
  readonly column: number;
}

/**
 * The original position of a line of compiled JavaScript, according to its source map. Without a
 * map it is the position itself.
 */
function originalPosition(position: Position): Position {
  try {
    const map = sourceMapOf(position.file);
    const found = map?.findEntry(position.line - 1, position.column - 1);
    if (found === undefined || !("originalSource" in found)) return position;
    const { originalSource, originalLine, originalColumn } = found;
    return { file: pathOf(originalSource, position.file), line: originalLine + 1, column: originalColumn + 1 };
  } catch {
    // A missing or broken map only loses the better position.
    return position;
  }
}

function sourceMapOf(file: string): SourceMap | undefined {
  const url = [...readFileSync(file, "utf8").matchAll(/^\/\/# sourceMappingURL=(\S+)\s*$/gm)].at(-1)?.[1];
  if (url === undefined) return undefined;
  const text = url.startsWith("data:") ? inData(url) : readFileSync(pathOf(url, file), "utf8");
  return new SourceMap(JSON.parse(text) as SourceMapPayload);
}

function inData(url: string): string {
  const [head = "", body = ""] = url.split(/,(.*)/s);
  return head.endsWith(";base64") ? Buffer.from(body, "base64").toString("utf8") : decodeURIComponent(body);
}

function pathOf(url: string, from: string): string {
  return url.startsWith("file://") ? fileURLToPath(url) : resolve(dirname(from), decodeURIComponent(url));
}
