import { readdir, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { bucketTargetPrefix } from "../../providers/index.js";

type Document =
  | { readonly kind: "parsed"; readonly value: unknown }
  | { readonly kind: "unreadable"; readonly because: string };

/**
 * Parses a JSON document or says why it cannot. The parser's own message is left out, because it quotes text
 * that may contain secrets of others.
 */
function parseDocument(text: string): Document {
  if (text.trim() === "") return { kind: "unreadable", because: "it is empty" };
  try {
    return { kind: "parsed", value: JSON.parse(text) };
  } catch {
    return { kind: "unreadable", because: "it is not JSON" };
  }
}

const MANIFEST = "manifest.json";
const STACK = "cdk.tf.json";
const WANTED =
  "give a cdktf.out folder, one of its stacks, or a file made by `terraform output -json` or `cdktf output --outputs-file`";

const manifestSchema = z.object({
  stacks: z.record(z.string(), z.object({ synthesizedStackPath: z.string() })),
});
type Manifest = z.infer<typeof manifestSchema>;

/** All of our outputs in a file, a folder or a text. */
export async function readOutputs(source: TargetsSource): Promise<FoundOutputs> {
  if (typeof source !== "string") return outputsOf(source.name, parseDocument(source.text));
  return (await isFolder(source)) ? readFolder(source) : readOne(source);
}

function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

async function readFolder(folder: string): Promise<FoundOutputs> {
  const names = await readdir(folder).catch((error: Error) => error);
  if (names instanceof Error) return unreadable(folder, names.message);
  const name = [MANIFEST, STACK].find((each) => names.includes(each));
  return name === undefined
    ? unreadable(folder, `it contains neither ${MANIFEST} nor ${STACK}`)
    : readOne(join(folder, name));
}

async function readOne(path: string): Promise<FoundOutputs> {
  const document = await readDocument(path);
  const manifest = document.kind === "parsed" ? manifestSchema.safeParse(document.value) : undefined;
  return manifest?.success ? readStacks(dirname(path), manifest.data) : outputsOf(path, document);
}

async function readStacks(folder: string, { stacks }: Manifest): Promise<FoundOutputs> {
  const found = await Promise.all(
    Object.entries(stacks).map(async ([name, { synthesizedStackPath }]) => {
      const path = join(folder, synthesizedStackPath);
      return outputsOf(path, await readDocument(path), (value) => outputsOfStack(value, name));
    }),
  );
  return {
    outputs: found.flatMap(({ outputs }) => outputs),
    problems: found.flatMap(({ problems }) => problems),
  };
}

function readDocument(path: string): Promise<Document> {
  return readFile(path, "utf8").then(parseDocument, ({ message }: Error) => ({ kind: "unreadable", because: message }));
}

function outputsOf(name: string, document: Document, find = ourOutputs): FoundOutputs {
  if (document.kind === "unreadable") return unreadable(name, document.because);
  const outputs = find(document.value);
  return outputs === undefined ? unreadable(name, "it has an unexpected structure") : { outputs, problems: [] };
}

function unreadable(name: string, because: string): FoundOutputs {
  return { outputs: [], problems: [`targets file "${name}" cannot be read (${because}): ${WANTED}`] };
}

/** A text that replaces a file, with the name that messages use for it. */
export interface NamedText {
  readonly name: string;
  readonly text: string;
}

/** An output of one of our constructs. Its value is not checked yet. */
export interface FoundOutput {
  readonly output: string;
  readonly stack: string | null;
  readonly value: unknown;
}

/** The outputs of a source and the problems found in it. */
interface FoundOutputs {
  readonly outputs: readonly FoundOutput[];
  readonly problems: readonly string[];
}

const entriesSchema = z.record(z.string(), z.record(z.string(), z.unknown()));
/** CDKTF writes `//` into every stack, and no output can have that name. */
const stackSchema = z.object({
  "//": z.object({ metadata: z.object({ stackName: z.string() }).optional() }),
  output: entriesSchema.optional(),
});

/**
 * Finds our outputs in a JSON document: a synthesised stack, the output of `terraform output -json`, or the
 * `--outputs-file` that `cdktf` writes. Undefined if it is none of these.
 */
function ourOutputs(document: unknown): FoundOutput[] | undefined {
  const stack = stackSchema.safeParse(document);
  if (stack.success) return outputsOfStack(document, stack.data["//"].metadata?.stackName ?? null);
  const entries = entriesSchema.safeParse(document);
  if (!entries.success) return undefined;
  return Object.values(entries.data).every((entry) => "value" in entry)
    ? namedOutputs(entries.data, null)
    : Object.entries(entries.data).flatMap(([name, constructs]) => outputsOfConstructs(constructs, name, []));
}

/** Finds our outputs in a document that is known to be a synthesised stack. */
function outputsOfStack(document: unknown, stack: string | null): FoundOutput[] | undefined {
  const { success, data } = z.object({ output: entriesSchema.optional() }).safeParse(document);
  return success ? namedOutputs(data.output ?? {}, stack) : undefined;
}

function namedOutputs(entries: z.infer<typeof entriesSchema>, stack: string | null): FoundOutput[] {
  return Object.entries(entries)
    .filter(([output]) => output.startsWith(bucketTargetPrefix))
    .map(([output, { value }]) => ({ output, stack, value }));
}

/**
 * `cdktf` names an output by its path of constructs, so only the value distinguishes our outputs from others.
 */
function outputsOfConstructs(found: unknown, stack: string, path: readonly string[]): FoundOutput[] {
  if (typeof found !== "object" || found === null || Array.isArray(found)) return [];
  if ("bucketseal" in found) return [{ output: path.join("/"), stack, value: found }];
  return Object.entries(found).flatMap(([name, inner]) => outputsOfConstructs(inner, stack, [...path, name]));
}

/** The source of the targets: a path or a text. */
export type TargetsSource = string | NamedText;

/** The name that messages and records use. The text itself may contain secrets of others. */
export function sourceName(source: TargetsSource): string {
  return typeof source === "string" ? source : source.name;
}
