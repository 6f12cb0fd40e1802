import { readFileSync } from "node:fs";
import { SourceMap, type SourceMapPayload } from "node:module";
import { dirname, isAbsolute, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { TerraformElement, TerraformResource, TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";
import type { ProviderProfile } from "../../providers/index.js";

interface AboutBucket {
  readonly construct: TerraformResource;
}

interface AboutDefault extends AboutBucket {
  /** The default that could be the bucket's. */
  readonly other: TerraformResource;
}

/** Why a construct may not encrypt by default, with the details for the message. */
interface GapDetails {
  readonly "no-default": AboutBucket;
  readonly "own-block-unclear": AboutBucket;
  readonly "default-unclear": AboutDefault;
  readonly "default-in-part": AboutDefault;
  readonly "default-elsewhere": AboutDefault;
  readonly "default-without-algorithm": AboutDefault;
  readonly "store-without-default": AboutBucket & { readonly store: ProviderProfile };
  readonly "written-by-override": { readonly construct: TerraformStack; readonly address: string };
  readonly module: { readonly construct: TerraformElement; readonly source: string };
}

export type Gap = {
  readonly [K in keyof GapDetails]: { readonly kind: K } & GapDetails[K];
}[keyof GapDetails];

type Words = {
  readonly [K in keyof GapDetails]: (details: GapDetails[K]) => readonly [wrong: string, wayOut: string];
};

const OVH = "ovh_cloud_project_storage";

const WORDS: Words = {
  "no-default": ({ construct }) => [
    "has no encryption default",
    construct.terraformResourceType === OVH
      ? 'set its encryption.sse_algorithm to "AES256"'
      : "declare it as an EncryptedBucket, or add a BucketEncryption that refers to it",
  ],
  "own-block-unclear": () => [
    "has no encryption default that is certain, because its own is known only when Terraform runs",
    "set the algorithm to a literal value",
  ],
  "default-unclear": ({ other }) => [
    `has no encryption default that is certain: only Terraform will know which bucket the one at "${other.node.path}" is for`,
    "refer to the bucket there by its id",
  ],
  "default-in-part": ({ other }) => [
    `has no encryption default for every instance: the one at "${other.node.path}" has a different count or for_each`,
    "give it the one of the bucket",
  ],
  "default-elsewhere": ({ other }) => [
    `has no encryption default that takes effect: the one at "${other.node.path}" uses the provider of another store or region`,
    "give it the provider of the bucket",
  ],
  "default-without-algorithm": ({ other }) => [
    `has no encryption default that is valid: the one at "${other.node.path}" has no algorithm that a store knows`,
    'give it sseAlgorithm: "AES256"',
  ],
  "store-without-default": ({ store }) => [
    `has no encryption default, and ${store.name} has none to declare (${store.subResources.encryption.source})`,
    "use a store that has server-side encryption",
  ],
  "written-by-override": ({ address }) => [
    `declares ${address} in an override, where its encryption default cannot be checked`,
    "declare it as a construct",
  ],
  module: ({ source }) => [
    `(${source}) was not checked: its buckets may not encrypt by default`,
    'declare its buckets as constructs, or accept it with modules: "ignore"',
  ],
};

const NOUNS: Readonly<Partial<Record<Gap["kind"], string>>> = { module: "module", "written-by-override": "stack" };

/** One gap in words: the resource, the problem, and the remedy. */
export function complaint(gap: Gap): string {
  const say = WORDS[gap.kind] as (gap: Gap) => readonly [string, string];
  const [wrong, wayOut] = say(gap);
  const at = createdAt(gap.construct);
  const created = at === undefined ? "where it was created is not known" : `created at ${at}`;
  return `${NOUNS[gap.kind] ?? "bucket"} "${gap.construct.node.path}" ${wrong} (${created}); ${wayOut}`;
}

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
