import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { vi } from "vitest";

/** The Terraform JSON of every stack of an example, by name, in readable form. */
export type Stacks = Readonly<Record<string, unknown>>;

const examples = fileURLToPath(new URL("../../examples", import.meta.url));
const VARIABLES = ["BUCKET_NAME", "BUCKETSEAL_ENDPOINT", "AWS_REGION"];

/** Runs an example in this process, with only the given environment variables. */
export async function synthesise(example: string, env: Readonly<Record<string, string>> = {}): Promise<Stacks> {
  const outdir = await mkdtemp(join(tmpdir(), "bucketseal-example-"));
  for (const name of VARIABLES) vi.stubEnv(name, undefined);
  for (const [name, value] of Object.entries({ ...env, CDKTF_OUTDIR: outdir })) vi.stubEnv(name, value);
  try {
    vi.resetModules();
    await import(join(examples, example, "main.ts"));
    return readStacks(outdir);
  } finally {
    vi.unstubAllEnvs();
    await rm(outdir, { recursive: true, force: true, maxRetries: 10 });
  }
}

interface Manifest {
  readonly stacks: Readonly<Record<string, { readonly synthesizedStackPath: string }>>;
}

function readStacks(outdir: string): Stacks {
  const { stacks } = readJson(join(outdir, "manifest.json")) as Manifest;
  return Object.fromEntries(
    Object.entries(stacks).map(([name, { synthesizedStackPath }]) => [
      name,
      readable(readJson(join(outdir, synthesizedStackPath))),
    ]),
  );
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, "utf8"));
}

/**
 * Removes CDKTF's own notes ("//": its version, construct paths), and expands JSON in strings and
 * the path of this folder.
 */
function readable(value: unknown): unknown {
  if (typeof value === "string") {
    return value.startsWith("{") ? readable(JSON.parse(value)) : value.replace(process.cwd(), "<folder>");
  }
  if (Array.isArray(value)) return value.map(readable);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([name]) => name !== "//");
  return Object.fromEntries(entries.map(([name, inner]) => [name, readable(inner)]));
}
