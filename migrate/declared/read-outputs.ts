import { readdir, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import type { FoundOutputs } from "./found-output.js";
import { ourOutputs, outputsOfStack } from "./our-outputs.js";
import { type Document, parseDocument } from "./parse-document.js";
import type { TargetsSource } from "./targets-source.js";

const MANIFEST = "manifest.json";
const STACK = "cdk.tf.json";
const WANTED =
  "give a cdktf.out folder, one of its stacks, or a file made by `terraform output -json` or `cdktf output --outputs-file`";

const manifestSchema = z.object({
  stacks: z.record(z.string(), z.object({ synthesizedStackPath: z.string() })),
});
type Manifest = z.infer<typeof manifestSchema>;

/** All of our outputs in a file, a folder, or a text. */
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
    ? unreadable(folder, `it holds neither ${MANIFEST} nor ${STACK}`)
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
  return outputs === undefined ? unreadable(name, "it has another shape") : { outputs, problems: [] };
}

function unreadable(name: string, because: string): FoundOutputs {
  return { outputs: [], problems: [`targets file "${name}" cannot be read (${because}): ${WANTED}`] };
}
