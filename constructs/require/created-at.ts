import { dirname, isAbsolute, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { IConstruct } from "constructs";
import { originalPosition, type Position } from "./original-position.js";

/** The folder of this library, as a frame of its own names it: `import.meta` and `__dirname` each exist in one module system only. */
const LIBRARY = dirname(dirname(framesOf(new Error("a stack is needed")).map(positionIn)[0]?.file ?? "")) + sep;

/**
 * The file and line in the user's own code that created a construct; undefined where nothing recorded it.
 * CDKTF's constructs record none, but the references that generated bindings make to their own blocks do, in `creationStack`.
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

/** Reads a frame as V8 writes it: `new Thing (file:///app/main.ts:3:5)`, or the place alone. */
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
