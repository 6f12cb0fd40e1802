import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { type BucketTarget, bucketTargetPrefix, findProvider } from "../../providers/index.js";

const targetSchema = z.object({
  bucketseal: z.literal(1),
  bucket: z.string(),
  endpoint: z.string(),
  region: z.string(),
  provider: z.string().refine((id) => findProvider(id) !== undefined),
});
const outputsSchema = z.record(z.string(), z.object({ value: z.unknown() }));
const stackSchema = z.object({ output: outputsSchema.optional() });
const manifestSchema = z.object({
  stacks: z.record(z.string(), z.object({ synthesizedStackPath: z.string() })),
});

export type TargetsFile =
  | { readonly kind: "read"; readonly targets: readonly BucketTarget[] }
  | { readonly kind: "bad"; readonly problems: readonly string[] };

/** Reads the declared buckets from `terraform output -json` in a file, or from a synthesised `cdktf.out` folder. */
export async function readTargets(path: string): Promise<TargetsFile> {
  try {
    const isFolder = (await stat(path)).isDirectory();
    const outputs = isFolder ? await outputsOfFolder(path) : [outputsSchema.parse(await readJson(path))];
    return toTargets(path, outputs);
  } catch (error) {
    const why = error instanceof z.ZodError ? "it has another shape" : (error as Error).message;
    const problem = `targets file "${path}" cannot be read (${why}): give a file made by \`terraform output -json\`, or a cdktf.out folder`;
    return { kind: "bad", problems: [problem] };
  }
}

type Outputs = z.infer<typeof outputsSchema>;

async function outputsOfFolder(folder: string): Promise<Outputs[]> {
  const { stacks } = manifestSchema.parse(await readJson(join(folder, "manifest.json")));
  const paths = Object.values(stacks).map(({ synthesizedStackPath }) => join(folder, synthesizedStackPath));
  return Promise.all(paths.map(async (path) => stackSchema.parse(await readJson(path)).output ?? {}));
}

async function readJson(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, "utf8"));
}

function toTargets(path: string, outputs: readonly Outputs[]): TargetsFile {
  const ours = outputs
    .flatMap((output) => Object.entries(output))
    .filter(([name]) => name.startsWith(bucketTargetPrefix));
  const parsed = ours.map(([name, { value }]) => ({ name, result: targetSchema.safeParse(value) }));
  const problems = parsed
    .filter(({ result }) => !result.success || /\$\{/.test(JSON.stringify(result.data)))
    .map(({ name, result }) => `output "${name}" of "${path}" ${result.success ? AS_REFERENCE : UNKNOWN_SHAPE}`);
  if (ours.length === 0) problems.push(`"${path}" names no bucket: it has no output "${bucketTargetPrefix}..."`);
  if (problems.length > 0) return { kind: "bad", problems };
  return { kind: "read", targets: parsed.map(({ result }) => result.data as BucketTarget) };
}

const AS_REFERENCE = "is known only once it is deployed: give a file made by `terraform output -json` instead";
const UNKNOWN_SHAPE = "has a shape that this version does not know: deploy again with the constructs of this version";
